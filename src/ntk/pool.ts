import { classCount, type ModelSpec } from '../model/model.ts';

/** What a client knows of its neighbours' samples when it builds the kernel over all of them. */

/** What stands for the inputs x_p of n samples in the first layer's Gram matrix. */
export type InputFeatures =
  /** The inputs themselves: `rows` is n x `width`. */
  | { readonly kind: 'exact'; readonly rows: Float32Array; readonly width: number }
  /** A sketch (`sketchInputs`): x_p · x_q ≈ z_p · z_q + s_p + s_q, with z in the n x `width` rows and s in the n `cross`. */
  | { readonly kind: 'sketch'; readonly rows: Float32Array; readonly width: number; readonly cross: Float32Array };

export interface PoolMember {
  /** Who holds the samples. */
  readonly key: string;
  /** The same object as long as the samples are the same: what is computed from it is kept. */
  readonly inputs: InputFeatures;
  /** Each hidden layer's ReLU activations at w̄, n x its size. */
  readonly hidden: readonly Float32Array[];
  /** Class indices, n. */
  readonly labels: Uint8Array;
}

export class PoolError extends Error {
  override readonly name = 'PoolError';
}

/** The pooled samples of all members, in their order. */
export interface Pool {
  readonly members: readonly PoolMember[];
  /** N. */
  readonly samples: number;
  /** Each hidden layer's activations, N x its size. */
  readonly hidden: readonly Float32Array[];
  /** N. */
  readonly labels: Int32Array;
}

function concat(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** What does not fit the model in a member's arrays, if anything. */
function misfit(spec: ModelSpec, { inputs, hidden, labels }: PoolMember): string | undefined {
  const count = labels.length;
  const sizes = spec.layers.slice(1, -1);
  const { rows, width } = inputs;
  if (inputs.kind === 'exact' && width !== spec.layers[0]) return `inputs of ${width} numbers, not ${spec.layers[0]}`;
  if (rows.length !== count * width) return `${rows.length} input numbers for ${count} samples of ${width}`;
  if (inputs.kind === 'sketch' && inputs.cross.length !== count) return `${inputs.cross.length} cross terms for ${count} samples`;
  if (hidden.length !== sizes.length) return `${hidden.length} hidden layers, not ${sizes.length}`;
  const odd = sizes.findIndex((size, l) => hidden[l]!.length !== count * size);
  if (odd >= 0) return `${hidden[odd]!.length} activations of hidden layer ${odd + 1} for ${count} samples of ${sizes[odd]}`;
  const wild = labels.find((label) => label >= classCount(spec));
  return wild === undefined ? undefined : `a label ${wild} beyond the ${classCount(spec)} classes`;
}

/** @throws {PoolError} when a member's arrays do not fit the model or the other members. */
export function poolOf(spec: ModelSpec, members: readonly PoolMember[]): Pool {
  const first = members[0];
  if (!first) throw new PoolError('The pool is empty; pass at least the own samples.');
  const keys = new Set<string>();
  for (const member of members) {
    if (keys.has(member.key)) throw new PoolError(`Client ${member.key} is in the pool twice; pass it once.`);
    keys.add(member.key);
    const { kind, width } = member.inputs;
    const problem =
      misfit(spec, member) ??
      (kind === first.inputs.kind && width === first.inputs.width
        ? undefined
        : `${kind} inputs of width ${width}, beside ${first.inputs.kind} ones of width ${first.inputs.width}`);
    if (problem) throw new PoolError(`Client ${member.key} brought ${problem}; leave it out of this round.`);
  }
  return {
    members,
    samples: members.reduce((sum, member) => sum + member.labels.length, 0),
    hidden: first.hidden.map((_, l) => concat(members.map((member) => member.hidden[l]!))),
    labels: Int32Array.from(members.flatMap((member) => [...member.labels])),
  };
}
