import * as v from 'valibot';
import { floatsOf } from '../math/half.ts';
import type { FeatureWidths } from '../model/model.ts';
import type { OwnerFeatures, InputFeatures } from '../ntk/pool.ts';
import { MAX_SAMPLES, type SharedInputs } from '../settings/settings.ts';
import { decodeFrame, encodeFrame, ProtocolError, type FloatForm, type FrameArray, type VectorUpdate } from './frame.ts';
import { registerSchema, type RoomRegister } from './register.ts';

/** Everything that clients say to each other. Arrays are float32 here; on the wire they take the run's form. */

interface InRound {
  readonly run: string;
  /** From 0. */
  readonly round: number;
}

/** To everyone connected, on opening and on every change: the room's settings and run. */
export interface RoomMessage {
  readonly type: 'room';
  readonly register: RoomRegister;
}
/** To a neighbour before the first weights, when inputs are sketched: the mean of the sender's inputs. */
export interface MeanMessage {
  readonly type: 'mean';
  readonly run: string;
  readonly mean: Float32Array;
}
/** mix: to every neighbour, the sender's weights and, where velocities are mixed, its velocity. */
export interface WeightsMessage extends InRound {
  readonly type: 'weights';
  readonly weights: Float32Array;
  readonly velocity: Float32Array | null;
}
/** linearise: to every neighbour in the pool, the model to evaluate at; answered by `inputs` when wanted, then `features`. */
export interface MixedMessage extends InRound {
  readonly type: 'mixed';
  readonly weights: Float32Array;
  readonly wantsInputs: boolean;
  /** The μ that the receiver centres its sketch with. */
  readonly centre: Float32Array | null;
}
/** linearise, once a run: the owner's labels and, where the kernel needs them, inputs. */
export interface InputsMessage {
  readonly type: 'inputs';
  readonly run: string;
  readonly labels: Uint8Array;
  readonly inputs: InputFeatures | null;
}
/** linearise: the features of the owner's samples at the mixed model, and in some runs who teaches them. */
export interface FeaturesMessage extends InRound, OwnerFeatures {
  readonly type: 'features';
}
/** step: to the samples' owner, its rows of R, n x C; answered by `step`. */
export interface ResidualsMessage extends InRound {
  readonly type: 'residuals';
  readonly residual: Float32Array;
}
/** step: the owner's backward pass Jᵀ R at the mixed model. */
export interface StepMessage extends InRound {
  readonly type: 'step';
  readonly step: Float32Array;
}
/** The answer to weights, a mixed model or residuals that the receiver cannot use: "do not wait for mine in this round". */
export interface DeclineMessage extends InRound {
  readonly type: 'decline';
  readonly of: 'weights' | 'mixed' | 'residuals';
}
/** evaluate: to the evaluator, the sender's score and weights after the round. */
export interface MetricsMessage extends InRound {
  readonly type: 'metrics';
  readonly accuracy: number;
  readonly loss: number;
  readonly bytesSent: number;
  readonly seconds: number;
  readonly weights: Float32Array;
}
/** evaluate: from the evaluator to everyone, what it made of a round's metrics. */
export interface SummaryMessage {
  readonly type: 'summary';
  readonly run: string;
  readonly summary: RoundSummary;
}

export type Message =
  | RoomMessage
  | MeanMessage
  | WeightsMessage
  | MixedMessage
  | InputsMessage
  | FeaturesMessage
  | ResidualsMessage
  | StepMessage
  | DeclineMessage
  | MetricsMessage
  | SummaryMessage;

export type MessageKind = Message['type'];

/** What each kind of message is sent for; training bytes are the method's own cost. */
export const purposeOf: Readonly<Record<MessageKind, 'training' | 'evaluation' | 'control'>> = {
  room: 'control',
  decline: 'control',
  mean: 'training',
  weights: 'training',
  mixed: 'training',
  inputs: 'training',
  features: 'training',
  residuals: 'training',
  step: 'training',
  metrics: 'evaluation',
  summary: 'evaluation',
};

/** The messages that carry something made of samples, or ask for it. */
const ofSamples: ReadonlySet<MessageKind> = new Set(['mean', 'mixed', 'inputs', 'features', 'residuals', 'step']);

/** The sizes that a run's messages must have. */
export interface RunShape {
  readonly run: string;
  readonly rounds: number;
  /** The receiver's own n. */
  readonly ownSamples: number;
  /** d. */
  readonly parameters: number;
  readonly inputWidth: number;
  readonly classes: number;
  /** Of each sample; null: neighbours get weights and nothing that is made of samples. */
  readonly features: FeatureWidths | null;
  readonly inputs: SharedInputs;
  readonly sketchSize: number;
  /** Whether weights come with a velocity. */
  readonly velocity: boolean;
  /** Whether the features of a round come with a teacher's logits. */
  readonly isTaught: (round: number) => boolean;
}

const fraction = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const amount = v.pipe(v.number(), v.finite(), v.minValue(0));
const run = v.pipe(v.string(), v.maxLength(64));
const round = v.pipe(v.number(), v.integer(), v.minValue(0));
const scoreFields = { accuracy: fraction, loss: amount };

export const summarySchema = v.strictObject({
  round,
  averaged: v.strictObject(scoreFields),
  mean: v.strictObject(scoreFields),
  clients: v.pipe(
    v.array(v.strictObject({ id: v.pipe(v.string(), v.maxLength(64)), number: v.pipe(v.number(), v.integer()), ...scoreFields })),
    v.maxLength(1024),
  ),
  bytesSent: amount,
  seconds: amount,
});

export interface Score {
  /** Fraction of the test images classified correctly, 0 .. 1. */
  readonly accuracy: number;
  /** Mean cross-entropy on the test images, nats. */
  readonly loss: number;
}

/** What all clients know of one finished round, through the evaluator. */
export interface RoundSummary {
  readonly round: number;
  /** The average of all clients' weights: the federation's model. */
  readonly averaged: Score;
  /** The mean of the clients' own scores. */
  readonly mean: Score;
  readonly clients: readonly ({ readonly id: string; readonly number: number } & Score)[];
  /** Training bytes that all clients sent in this round. */
  readonly bytesSent: number;
  /** Of the slowest client. */
  readonly seconds: number;
}

const fieldsSchema = v.variant('type', [
  v.strictObject({ type: v.literal('room'), register: registerSchema }),
  v.strictObject({ type: v.literal('mean'), run }),
  v.strictObject({ type: v.literal('weights'), run, round }),
  v.strictObject({ type: v.literal('mixed'), run, round, wantsInputs: v.boolean() }),
  v.strictObject({ type: v.literal('inputs'), run, kind: v.picklist(['exact', 'sketch', 'none']) }),
  v.strictObject({ type: v.literal('features'), run, round }),
  v.strictObject({ type: v.literal('residuals'), run, round }),
  v.strictObject({ type: v.literal('step'), run, round }),
  v.strictObject({ type: v.literal('decline'), run, round, of: v.picklist(['weights', 'mixed', 'residuals']) }),
  v.strictObject({ type: v.literal('metrics'), run, round, ...scoreFields, bytesSent: amount, seconds: amount }),
  v.strictObject({ type: v.literal('summary'), run, summary: summarySchema }),
]);

function split(message: Message): { fields: unknown; arrays: Readonly<Record<string, Float32Array | Uint8Array>> } {
  switch (message.type) {
    case 'room':
    case 'decline':
    case 'summary':
      return { fields: message, arrays: {} };
    case 'mean': {
      const { mean, ...fields } = message;
      return { fields, arrays: { mean } };
    }
    case 'weights': {
      const { weights, velocity, ...fields } = message;
      return { fields, arrays: velocity ? { weights, velocity } : { weights } };
    }
    case 'mixed': {
      const { weights, centre, ...fields } = message;
      return { fields, arrays: centre ? { weights, centre } : { weights } };
    }
    case 'inputs': {
      const { inputs, labels, ...fields } = message;
      if (!inputs) return { fields: { ...fields, kind: 'none' }, arrays: { labels } };
      const cross = inputs.kind === 'sketch' ? { cross: inputs.cross } : {};
      return { fields: { ...fields, kind: inputs.kind }, arrays: { labels, rows: floatsOf(inputs.rows), ...cross } };
    }
    case 'features': {
      const {
        features: { hidden, jacobian, logits },
        teacher,
        ...fields
      } = message;
      const activations = Object.fromEntries(hidden.map((values, l) => [`hidden${l}`, values]));
      return { fields, arrays: { ...activations, ...(jacobian && { jacobian }), ...(logits && { logits }), ...(teacher && { teacher }) } };
    }
    case 'residuals': {
      const { residual, ...fields } = message;
      return { fields, arrays: { residual } };
    }
    case 'step': {
      const { step, ...fields } = message;
      return { fields, arrays: { step } };
    }
    case 'metrics': {
      const { weights, ...fields } = message;
      return { fields, arrays: { weights } };
    }
  }
}

/**
 * @param form of the floats.
 * @param rounded what travels in an array's place, e.g. the array in 8 bits.
 */
export function encodeMessage(
  message: Message,
  form: FloatForm,
  rounded: (name: string, array: Float32Array) => FrameArray = (_, array) => array,
): Uint8Array<ArrayBuffer> {
  const { fields, arrays } = split(message);
  const framed = Object.entries(arrays).map(([name, array]) => [name, array instanceof Float32Array ? rounded(name, array) : array]);
  return encodeFrame({ fields, arrays: Object.fromEntries(framed) }, form);
}

function allFinite(values: Float32Array): boolean {
  // Five times as fast as `every(Number.isFinite)`; NaN fails it too.
  for (let i = 0; i < values.length; i++) if (!(Math.abs(values[i]!) < Infinity)) return false;
  return true;
}

/** Takes the arrays of one message out of its frame, each checked; what is left over at the end is an error. */
class ArrayReader {
  readonly #arrays: Map<string, Float32Array | Uint8Array>;
  constructor(
    arrays: Readonly<Record<string, Float32Array | Uint8Array>>,
    readonly kind: MessageKind,
  ) {
    this.#arrays = new Map(Object.entries(arrays));
  }

  has(name: string): boolean {
    return this.#arrays.has(name);
  }

  floats(name: string, length: number): Float32Array {
    const array = this.#take(name);
    if (!(array instanceof Float32Array) || array.length !== length) {
      throw new ProtocolError(`A '${this.kind}' message needs ${length} floats called '${name}'.`);
    }
    if (!allFinite(array)) throw new ProtocolError(`A '${this.kind}' message has '${name}' that are not finite.`);
    return array;
  }

  /** How many rows of the given width an array has: 1 .. MAX_SAMPLES. */
  samples(name: string, width: number): number {
    const rows = (this.#arrays.get(name)?.length ?? 0) / width;
    if (Number.isInteger(rows) && rows > 0 && rows <= MAX_SAMPLES) return rows;
    throw new ProtocolError(`A '${this.kind}' message needs '${name}' of 1 to ${MAX_SAMPLES} rows of ${width}.`);
  }

  /** A matrix of the given width. */
  rows(name: string, width: number): Float32Array {
    return this.floats(name, width * this.samples(name, width));
  }

  labels(name: string, length: number, classes: number): Uint8Array {
    const array = this.#take(name);
    if (!(array instanceof Uint8Array) || array.length !== length || array.some((label) => label >= classes)) {
      throw new ProtocolError(`A '${this.kind}' message needs ${length} labels below ${classes}.`);
    }
    return array;
  }

  end(): void {
    if (this.#arrays.size > 0) throw new ProtocolError(`A '${this.kind}' message has arrays it should not have.`);
  }

  #take(name: string): Float32Array | Uint8Array | undefined {
    const array = this.#arrays.get(name);
    this.#arrays.delete(name);
    return array;
  }
}

/** A message with a vector that builds on one which its receiver does not have. The sender's to mend, once it has the answer. */
export class MissingBaseError extends Error {
  override readonly name = 'MissingBaseError';
  constructor(readonly answer: DeclineMessage) {
    super(`The message '${answer.of}' of round ${answer.round} builds on a vector that never arrived.`);
  }
}

/** Makes a vector of an update; null without its base. */
export type Rebuild = (name: string, update: VectorUpdate<Float32Array>) => Float32Array | null;

/**
 * Reads one frame. `shape` is the current run's; null outside a run, when only `room` is understood.
 * @returns null for a message of another run: out of date or ahead of the register, nobody's fault.
 * @throws {ProtocolError} when the frame or message is not what a client of this run could have sent.
 * @throws {MissingBaseError} when `rebuild` has no base for an update.
 */
export function decodeMessage(frame: Uint8Array, shape: RunShape | null, rebuild: Rebuild = () => null): Message | null {
  const parts = decodeFrame(frame);
  const parsed = v.safeParse(fieldsSchema, parts.fields);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new ProtocolError(`A message has a wrong field '${v.getDotPath(issue) ?? 'type'}': ${issue.message}.`);
  }
  const fields = parsed.output;
  if (fields.type === 'room') return fields;
  if (fields.run !== shape?.run) return null;
  checkRound(fields, shape);
  const arrays = Object.entries(parts.arrays).map(([name, array]): [string, Float32Array | Uint8Array] => {
    const whole = 'change' in array ? rebuild(name, array) : array;
    if (whole) return [name, whole];
    if (fields.type !== 'weights' && fields.type !== 'mixed')
      throw new ProtocolError(`A '${fields.type}' message has no vectors to update.`);
    throw new MissingBaseError({ type: 'decline', run: fields.run, round: fields.round, of: fields.type });
  });
  const reader = new ArrayReader(Object.fromEntries(arrays), fields.type);
  const message = readArrays(fields, reader, shape);
  reader.end();
  return message;
}

type RunFields = Exclude<v.InferOutput<typeof fieldsSchema>, { type: 'room' }>;

function checkRound(fields: RunFields, { rounds }: RunShape): void {
  const about = fields.type === 'summary' ? fields.summary : fields;
  if ('round' in about && about.round >= rounds) {
    throw new ProtocolError(`A '${fields.type}' message is of round ${about.round + 1}, but the run has ${rounds}.`);
  }
}

function readArrays(fields: RunFields, reader: ArrayReader, shape: RunShape): Exclude<Message, RoomMessage> {
  const parameters = (name: string) => reader.floats(name, shape.parameters);
  if (!shape.features && ofSamples.has(fields.type)) {
    throw new ProtocolError(`A '${fields.type}' message has no place in a run whose neighbours exchange weights alone.`);
  }
  switch (fields.type) {
    case 'mean':
      return { ...fields, mean: reader.floats('mean', shape.inputWidth) };
    case 'weights':
      return { ...fields, weights: parameters('weights'), velocity: shape.velocity ? parameters('velocity') : null };
    case 'mixed': {
      const centre = reader.has('centre') ? reader.floats('centre', shape.inputWidth) : null;
      return { ...fields, weights: parameters('weights'), centre };
    }
    case 'inputs': {
      const { kind, ...rest } = fields;
      if (kind !== shape.inputs) throw new ProtocolError(`An 'inputs' message brings ${kind}, but the run's inputs are ${shape.inputs}.`);
      const samples = reader.samples('labels', 1);
      return { ...rest, inputs: readInputs(kind, reader, shape, samples), labels: reader.labels('labels', samples, shape.classes) };
    }
    case 'features': {
      const widths = shape.features ?? { hidden: [], jacobian: 0, logits: 0 };
      const hidden = widths.hidden.map((size, l) => reader.rows(`hidden${l}`, size));
      const [jacobian, logits] = (['jacobian', 'logits'] as const).map((name) =>
        widths[name] > 0 ? reader.rows(name, widths[name]) : null,
      );
      const teacher = shape.isTaught(fields.round) ? reader.rows('teacher', shape.classes) : null;
      const samples = new Set(hidden.map((activations, l) => activations.length / widths.hidden[l]!));
      if (jacobian) samples.add(jacobian.length / widths.jacobian);
      if (logits) samples.add(logits.length / widths.logits);
      if (teacher) samples.add(teacher.length / shape.classes);
      if (samples.size > 1) throw new ProtocolError(`A 'features' message has layers of different sample counts.`);
      return { ...fields, features: { hidden, jacobian: jacobian ?? null, logits: logits ?? null }, teacher };
    }
    case 'residuals':
      return { ...fields, residual: reader.floats('residual', shape.ownSamples * shape.classes) };
    case 'step':
      return { ...fields, step: parameters('step') };
    case 'metrics':
      return { ...fields, weights: parameters('weights') };
    case 'decline':
    case 'summary':
      return fields;
  }
}

function readInputs(kind: SharedInputs, reader: ArrayReader, shape: RunShape, samples: number): InputFeatures | null {
  if (kind === 'none') return null;
  const width = kind === 'exact' ? shape.inputWidth : shape.sketchSize;
  const rows = reader.floats('rows', samples * width);
  return kind === 'exact' ? { kind, rows, width } : { kind, rows, width, cross: reader.floats('cross', samples) };
}
