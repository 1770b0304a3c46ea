/**
 * Everything that clients say to each other, each message declared once. Another one is a declaration here, with a place in
 * `messages`; who sends it calls the client's `send`, and the compiler names the place that has to take it.
 *
 * Arrays are float32 here; on the wire they take the run's form.
 */

import * as v from 'valibot';
import { floatsOf } from '../math/half.ts';
import type { FeatureWidths } from '../model/model.ts';
import type { InputFeatures } from '../ntk/pool.ts';
import type { Tally } from '../ntk/tally.ts';
import { amount, whole } from '../settings/bounds.ts';
import { declare, type Declaration, type Terms } from './declaration.ts';
import { ProtocolError } from './frame.ts';
import { offerSchema } from './offer.ts';
import { checked, field, floats, labels, layers, optional, rows, together, where, type Part } from './parts.ts';
import { MAX_REASON, readinessList } from './readiness.ts';
import { registerSchema } from './register.ts';
import type { RunShape } from './shape.ts';
import { clientScore, confusionSchema, peerId, summarySchema, summed } from './summary.ts';

/** What every message of a run, and of a round of it, begins with. */
export const runId = v.pipe(v.string(), v.maxLength(64));
const ofRun = { run: field(runId) };
const inRound = { ...ofRun, round: checked(field(whole), (round, from) => from.checkRound(round)) };

const parameters = (shape: RunShape) => shape.parameters;
const inputWidth = (shape: RunShape) => shape.inputWidth;
const classes = (shape: RunShape) => shape.classes;

/** To everyone connected, on opening and on every change: the room's settings and run. */
const room = declare('room', { purpose: 'control', takenBy: 'room' }, { register: field(registerSchema) });

/** To everyone connected, and passed on by them: what a client's own data are, before the first round. */
const offer = declare('offer', { purpose: 'control', takenBy: 'room' }, { offer: field(offerSchema) });

/** To everyone connected, all that is known on opening and what is news passed on: whether clients can take part, and if one has failed, why. */
const readiness = declare('readiness', { purpose: 'control', takenBy: 'room' }, { readiness: field(readinessList) });

/** The last to a peer that is disconnected: why. */
const farewell = declare('farewell', { purpose: 'control', takenBy: 'room' }, { why: field(v.pipe(v.string(), v.maxLength(MAX_REASON))) });

/** To a neighbour before the first weights, when inputs are sketched: the mean of the sender's inputs. */
const mean = declare('mean', { purpose: 'training', takenBy: 'round', ofSamples: true }, { ...ofRun, mean: floats(inputWidth) });

/** mix: to every neighbour, the sender's weights and, where velocities are mixed, its velocity. */
const weights = declare(
  'weights',
  { purpose: 'training', takenBy: 'round', phase: 'mix' },
  {
    ...inRound,
    weights: floats(parameters, 'change-from-start'),
    velocity: where(({ shape }) => shape.velocity, floats(parameters, 'change')),
  },
);

/** linearise: to every neighbour in the pool, the model to evaluate at; answered by `inputs` when wanted, then `features`. */
const mixed = declare(
  'mixed',
  { purpose: 'training', takenBy: 'owner', ofSamples: true, phase: 'linearise' },
  {
    ...inRound,
    wantsInputs: field(v.boolean()),
    weights: floats(parameters, 'change-from-start'),
    /** The μ that the receiver centres its sketch with. */
    centre: optional(floats(inputWidth)),
  },
);

const exactRows = rows(inputWidth);
const sketchedRows = rows(({ sketchSize }) => sketchSize);
const crossTerms = rows(() => 1);

/** Of the kind that the run shares: n rows, and of a sketch n cross terms. Null where the kernel needs nothing of them. */
const inputFeatures: Part<InputFeatures | null> = {
  write: (inputs, _, to) => {
    to.field('kind', inputs?.kind ?? 'none');
    if (inputs) exactRows.write(floatsOf(inputs.rows), 'rows', to);
    if (inputs?.kind === 'sketch') crossTerms.write(inputs.cross, 'cross', to);
  },
  read: (_, from) => {
    const kind = from.field('kind', v.picklist(['exact', 'sketch', 'none']));
    const { inputs, inputWidth: all, sketchSize } = from.shape;
    if (kind !== inputs) throw new ProtocolError(`An 'inputs' message brings ${kind}, but the run's inputs are ${inputs}.`);
    if (kind === 'none') return null;
    if (kind === 'exact') return { kind, rows: exactRows.read('rows', from), width: all };
    return { kind, rows: sketchedRows.read('rows', from), width: sketchSize, cross: crossTerms.read('cross', from) };
  },
  most: (shape) => (shape.inputs === 'exact' ? exactRows.most(shape) : sketchedRows.most(shape) + crossTerms.most(shape)),
};

/** linearise, once a run: the owner's labels and, where the kernel needs them, inputs. */
const inputs = declare(
  'inputs',
  { purpose: 'training', takenBy: 'round', ofSamples: true, answers: mixed.type },
  { ...ofRun, labels, inputs: inputFeatures },
);

const widths = ({ features: known }: RunShape): FeatureWidths => known ?? { hidden: [], jacobian: 0, logits: 0 };
const jacobianWidth = (shape: RunShape) => widths(shape).jacobian;
const logitsWidth = (shape: RunShape) => widths(shape).logits;

/**
 * linearise: the features of the owner's samples at the mixed model (`Features`), and in some rounds their teacher's logits.
 * Its streams have the message's former name, so that recorded runs can still be repeated to the bit.
 */
const features = declare(
  'features',
  { purpose: 'training', takenBy: 'round', ofSamples: true, answers: mixed.type, stream: 'factors' },
  {
    ...inRound,
    features: together({
      hidden: layers((shape) => widths(shape).hidden, 'masks'),
      jacobian: where(({ shape }) => jacobianWidth(shape) > 0, rows(jacobianWidth, 'features')),
      logits: where(({ shape }) => logitsWidth(shape) > 0, rows(logitsWidth)),
    }),
    teacher: where(({ shape, round }) => shape.isTaught(round), rows(classes)),
  },
);

/** step: to the samples' owner, its rows of R, n x C, of each R that there is to choose from; answered by `step`. */
const residuals = declare(
  'residuals',
  { purpose: 'training', takenBy: 'owner', ofSamples: true, phase: 'step' },
  { ...inRound, residual: floats((shape) => shape.choices * shape.ownSamples * shape.classes) },
);

/** step: the owner's backward pass Jᵀ R at the mixed model, of each R. */
const step = declare(
  'step',
  { purpose: 'training', takenBy: 'round', ofSamples: true, answers: residuals.type },
  { ...inRound, step: floats((shape) => shape.choices * shape.parameters, 'feedback') },
);

/** The messages whose sender waits for an answer. */
export const declinable = v.picklist([weights.type, mixed.type, residuals.type]);

/** The answer to weights, a mixed model or residuals that the receiver cannot use: "do not wait for mine in this round". */
const decline = declare('decline', { purpose: 'control', takenBy: 'round' }, { ...inRound, of: field(declinable) });

/** Counts of each class by each class that was named, and the summed loss. */
const tally: Part<Tally> = checked(field(v.strictObject({ confusion: confusionSchema, loss: amount })), ({ confusion }, from) => {
  const { classes: known } = from.shape;
  if (confusion.length !== known ** 2) throw new ProtocolError(`A tally of ${confusion.length} counts, in a run of ${known} classes.`);
});

/** evaluate, up the tree of sums: what the models of these clients make of the samples scored on, and their weights, after the round. */
const metrics = declare(
  'metrics',
  { purpose: 'evaluation', takenBy: 'evaluation' },
  {
    ...inRound,
    clients: field(summed(clientScore)),
    tally,
    /** Training bytes that they sent in the round. */
    bytesSent: field(amount),
    /** What the slowest of them took. */
    seconds: field(amount),
    /** The mean of their weights. */
    weights: floats(parameters),
  },
);

/** evaluate, down the tree of sums: the average of all clients' weights, to score where everyone has rows of their own, and to keep. */
const averaged = declare('averaged', { purpose: 'evaluation', takenBy: 'evaluation' }, { ...inRound, weights: floats(parameters) });

/** evaluate, up the tree of sums: what the averaged model makes of these clients' rows. */
const averagedTally = declare(
  'tally',
  { purpose: 'evaluation', takenBy: 'evaluation' },
  { ...inRound, clients: field(summed(v.strictObject({ id: peerId }))), tally },
);

/** evaluate, down the tree of sums: what a round's metrics came to. */
const summary = declare(
  'summary',
  { purpose: 'evaluation', takenBy: 'evaluation' },
  { ...ofRun, summary: checked(field(summarySchema), ({ round }, from) => from.checkRound(round)) },
);

export const messages = {
  room,
  offer,
  readiness,
  farewell,
  mean,
  weights,
  mixed,
  inputs,
  features,
  residuals,
  step,
  decline,
  metrics,
  averaged,
  tally: averagedTally,
  summary,
};

export type MessageKind = keyof typeof messages;
type MessageOfKind = { [Kind in MessageKind]: ReturnType<(typeof messages)[Kind]['read']> };
export type Message<Kind extends MessageKind = MessageKind> = { [K in Kind]: MessageOfKind[K] }[Kind];

/** The same, so that a message of any kind finds its own. */
export const declarations: { readonly [Kind in MessageKind]: Declaration<MessageOfKind[Kind]> } = messages;

/** The kinds of message that the asking side of a round, the samples' owner, the evaluation or the room takes. */
export type KindsTakenBy<Taker extends Terms['takenBy']> = {
  [Kind in MessageKind]: (typeof messages)[Kind]['terms']['takenBy'] extends Taker ? Kind : never;
}[MessageKind];

export type WeightsMessage = Message<'weights'>;
export type MixedMessage = Message<'mixed'>;
export type ResidualsMessage = Message<'residuals'>;
export type DeclineMessage = Message<'decline'>;
export type MetricsMessage = Message<'metrics'>;
export type AveragedMessage = Message<'averaged'>;
export type TallyMessage = Message<'tally'>;
export type SummaryMessage = Message<'summary'>;
