/** What a client knows of its neighbours' samples when it builds the kernel over all of them. */

import * as tf from '@tensorflow/tfjs';
import { encodeHalf, floatsOf, halfExponent } from '../math/half.ts';
import { concat } from '../math/vectors.ts';
import { classCount, featureWidths, inputWidth, isConvolutional, type FeatureForm, type ModelSpec } from '../model/model.ts';

/** Floats, or halves: inputs are kept of every neighbour there has been, and most come as halves. */
type InputRows = Float32Array | Uint16Array;

/** What stands for the inputs x_p of n samples in the first layer's Gram matrix. */
export type InputFeatures =
  /** The inputs themselves: `rows` is n x `width`. */
  | { readonly kind: 'exact'; readonly rows: InputRows; readonly width: number }
  /**
   * A sketch (`sketchInputs`): x_p · x_q ≈ z_p · z_q + s_p + s_q, with z in the n x `width` rows and s in the n `cross`. Who took
   * it knows the centre; those of a pool share one.
   */
  | { readonly kind: 'sketch'; readonly rows: InputRows; readonly width: number; readonly cross: Float32Array; readonly centre?: Centre };

/** What a sketch was taken around, μ. */
export interface Centre {
  /** μ P, as many numbers as a sketch has columns. */
  readonly sketch: Float32Array;
  /** μ · μ. */
  readonly square: number;
}

/** The same inputs with rows of half the bytes, if halves reach them: nothing is lost of those that came as halves. */
export function inHalves(inputs: InputFeatures): InputFeatures {
  const rows = floatsOf(inputs.rows);
  return halfExponent(rows) > 0 ? inputs : { ...inputs, rows: encodeHalf(rows) };
}

/** What kept inputs take in memory. */
export function inputBytes(inputs: InputFeatures | null): number {
  return (inputs?.rows.byteLength ?? 0) + (inputs?.kind === 'sketch' ? inputs.cross.byteLength : 0);
}

/** What depends on the model, at w̄ (`FeatureWidths`). */
export interface Features {
  /** What each dense layer reads but for the model's input, n x its size: a hidden layer's mask is the sign of what it gave. */
  readonly hidden: readonly Float32Array[];
  /** The derivatives of all logits by the convolutions' or all parameters or projected, over √C, in rows of a sample's. Or null. */
  readonly jacobian: Float32Array | null;
  /** f⁰, n x C, where it does not follow from the rest. */
  readonly logits: Float32Array | null;
}

/** What an owner tells of its samples in a round. */
export interface OwnerFeatures {
  readonly features: Features;
  /** Logits h of its neighbourhood, n x C (`softenedMean`), where that teaches; else null, and f⁰ does. */
  readonly teacher: Float32Array | null;
}

/** One owner's samples in a pool. */
export interface PoolMember extends OwnerFeatures {
  /** Who holds the samples. */
  readonly key: string;
  /**
   * The same object as long as the samples are the same: what is computed from it is kept. Null where the kernel needs
   * nothing of the inputs: what is made of them is in the features.
   */
  readonly inputs: InputFeatures | null;
  /** Class indices, n. */
  readonly labels: Uint8Array;
}

/** Signals features that do not fit each other. */
export class PoolError extends Error {
  override readonly name = 'PoolError';
}

/** A member whose inputs the first dense layer reads. */
export type InputMember = Pick<PoolMember, 'key' | 'labels'> & { readonly inputs: InputFeatures };

/** The pooled samples of all members, in their order. */
export interface Pool {
  /** The members whose inputs are needed: all or none. */
  readonly inputs: readonly InputMember[];
  /** N. */
  readonly samples: number;
  /** Of N samples. */
  readonly hidden: readonly Float32Array[];
  readonly logits: Float32Array | null;
  /** Each member's, which may be large; or none. */
  readonly jacobians: readonly Float32Array[];
  /** h, N x C, or null. */
  readonly teacher: Float32Array | null;
  /** N. */
  readonly labels: Int32Array;
}

/** What does not fit the model in a member's inputs, if anything. */
function inputMisfit(spec: ModelSpec, form: FeatureForm, inputs: InputFeatures | null, count: number): string | undefined {
  if (isConvolutional(spec)) return inputs ? 'inputs, which convolutions do not share' : undefined;
  if (form !== 'layers') return inputs ? 'inputs, which are not needed beside a Jacobian' : undefined;
  if (!inputs) return 'no inputs';
  const { kind, rows, width } = inputs;
  if (kind === 'exact' && width !== inputWidth(spec)) return `inputs of ${width} numbers, not ${inputWidth(spec)}`;
  if (rows.length !== count * width) return `${rows.length} input numbers for ${count} samples of ${width}`;
  if (kind === 'sketch' && inputs.cross.length !== count) return `${inputs.cross.length} cross terms for ${count} samples`;
  return undefined;
}

/** What does not fit the model in a member's arrays, if anything. */
function misfit(spec: ModelSpec, form: FeatureForm, { inputs, features, teacher, labels }: PoolMember): string | undefined {
  const { hidden, jacobian, logits } = features;
  const count = labels.length;
  const widths = featureWidths(spec, form);
  const problem = inputMisfit(spec, form, inputs, count);
  if (problem) return problem;
  if (hidden.length !== widths.hidden.length) return `${hidden.length} hidden layers, not ${widths.hidden.length}`;
  const odd = widths.hidden.findIndex((size, l) => hidden[l]!.length !== count * size);
  if (odd >= 0) return `${hidden[odd]!.length} activations of hidden layer ${odd + 1} for ${count} samples of ${widths.hidden[odd]}`;
  const derivatives = jacobian?.length ?? 0;
  if (derivatives !== count * widths.jacobian) return `${derivatives} derivatives for ${count} samples of ${widths.jacobian}`;
  const outputs = logits?.length ?? 0;
  if (outputs !== count * widths.logits) return `${outputs} logits for ${count} samples of ${widths.logits}`;
  if (teacher && teacher.length !== count * classCount(spec))
    return `${teacher.length} soft labels for ${count} samples of ${classCount(spec)}`;
  const wild = labels.find((label) => label >= classCount(spec));
  return wild === undefined ? undefined : `a label ${wild} beyond the ${classCount(spec)} classes`;
}

/** @throws {PoolError} when a member's arrays do not fit the model, the form of its features, or the other members. */
export function poolOf(spec: ModelSpec, form: FeatureForm, members: readonly PoolMember[]): Pool {
  const first = members[0];
  if (!first) throw new PoolError('The pool is empty; pass at least the own samples.');
  const keys = new Set<string>();
  for (const member of members) {
    if (keys.has(member.key)) throw new PoolError(`Client ${member.key} is in the pool twice; pass it once.`);
    keys.add(member.key);
    const { inputs } = member;
    const problem =
      misfit(spec, form, member) ??
      (inputs?.kind === first.inputs?.kind && inputs?.width === first.inputs?.width
        ? undefined
        : `${inputs?.kind} inputs of width ${inputs?.width}, beside ${first.inputs?.kind} ones of width ${first.inputs?.width}`) ??
      (!member.teacher === !first.teacher ? undefined : `${member.teacher ? '' : 'no '}soft labels, unlike others`);
    if (problem) throw new PoolError(`Client ${member.key} brought ${problem}; leave it out of this round.`);
  }
  return {
    inputs: members.flatMap(({ key, labels, inputs }) => (inputs ? [{ key, labels, inputs }] : [])),
    samples: members.reduce((sum, member) => sum + member.labels.length, 0),
    hidden: first.features.hidden.map((_, l) => concat(members.map(({ features }) => features.hidden[l]!))),
    logits: first.features.logits && concat(members.flatMap(({ features }) => features.logits ?? [])),
    jacobians: members.flatMap(({ features }) => features.jacobian ?? []),
    teacher: first.teacher && concat(members.flatMap(({ teacher }) => teacher ?? [])),
    labels: Int32Array.from(members.flatMap((member) => [...member.labels])),
  };
}

/** All members' inputs, N x width, which the logits of a model without hidden layers are made from. Runs inside a caller's `tf.tidy`. */
export function pooledInputs({ inputs: members }: Pool): tf.Tensor2D {
  return tf.concat(
    members.map(({ key, inputs, labels }) => {
      if (inputs.kind !== 'exact') {
        throw new PoolError(`Client ${key} brought a sketch; a model with no hidden layer needs exact inputs: exchange exact samples.`);
      }
      return tf.tensor2d(floatsOf(inputs.rows), [labels.length, inputs.width]);
    }),
  );
}
