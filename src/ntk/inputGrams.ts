/** The products of a pool's inputs, computed once a run. */

import * as tf from '@tensorflow/tfjs';
import { floatsOf } from '../math/half.ts';
import type { InputFeatures, InputMember } from './pool.ts';
import { take } from './readback.ts';

interface Block {
  readonly left: InputFeatures;
  readonly right: InputFeatures;
  /** Their Gram matrix, n_left x n_right. */
  readonly gram: Float32Array;
}

interface Pair {
  readonly left: InputMember;
  readonly right: InputMember;
}

/** Each two members once, a member with itself too; ordered by key, so that pools in another order find the same pairs. */
function pairsOf(members: readonly InputMember[]): Pair[] {
  const sorted = members.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  return sorted.flatMap((left, i) => sorted.slice(i).map((right) => ({ left, right })));
}

const nameOf = ({ left, right }: Pair) => JSON.stringify([left.key, right.key]);

function addCrossTerms({ left, right, gram }: Block): void {
  if (left.kind !== 'sketch' || right.kind !== 'sketch') return;
  const columns = right.cross.length;
  left.cross.forEach((own, p) => {
    for (let q = 0; q < columns; q++) gram[p * columns + q]! += own + right.cross[q]!;
  });
}

async function compute(pairs: readonly Pair[]): Promise<Block[]> {
  const products = tf.tidy(() => {
    const tensors = new Map<InputFeatures, tf.Tensor2D>();
    const rowsOf = ({ inputs, labels }: InputMember) => {
      const rows = tensors.get(inputs) ?? tf.tensor2d(floatsOf(inputs.rows), [labels.length, inputs.width]);
      tensors.set(inputs, rows);
      return rows;
    };
    return pairs.map(({ left, right }) => tf.matMul(rowsOf(left), tf.transpose(rowsOf(right))));
  });
  const grams = await take(products);
  return pairs.map((pair, i) => {
    const block = { left: pair.left.inputs, right: pair.right.inputs, gram: grams[i]! };
    addCrossTerms(block);
    return block;
  });
}

function assemble(members: readonly InputMember[], pairs: readonly Pair[], blocks: readonly Block[]): Float32Array {
  const offsets = new Map<InputMember, number>();
  let samples = 0;
  for (const member of members) {
    offsets.set(member, samples);
    samples += member.labels.length;
  }
  const whole = new Float32Array(samples * samples);
  pairs.forEach(({ left, right }, i) => {
    const { gram } = blocks[i]!;
    const [row, column] = [offsets.get(left)!, offsets.get(right)!];
    const columns = right.labels.length;
    for (let p = 0; p < left.labels.length; p++) {
      const line = gram.subarray(p * columns, (p + 1) * columns);
      whole.set(line, (row + p) * samples + column);
      for (let q = 0; q < columns; q++) whole[(column + q) * samples + row + p] = line[q]!;
    }
  });
  return whole;
}

const bytesOf = (blocks: Iterable<Block>) => [...blocks].reduce((sum, { gram }) => sum + gram.byteLength, 0);

/**
 * X Xᵀ over a pool. The inputs never change during a run, so each two members' block is computed once and kept in host
 * memory; a pool that gains, loses or reorders members costs only the new blocks.
 */
export class InputGrams {
  /** In the order of their last use. */
  private readonly blocks = new Map<string, Block>();
  private latest: { readonly inputs: readonly InputFeatures[]; readonly gram: Float32Array } | undefined;

  /** @param budget bytes that may be kept between pools: the latest pool's matrix first, then blocks, the last used first. */
  constructor(private readonly budget: number) {}

  /** N x N, row-major, in the members' order. Not to be changed. */
  async of(members: readonly InputMember[]): Promise<Float32Array> {
    const known = this.latest;
    const isSame = known?.inputs.length === members.length && members.every((member, i) => member.inputs === known.inputs[i]);
    if (known && isSame) return known.gram;
    const pairs = pairsOf(members);
    const found = pairs.map((pair) => this.find(pair));
    const computed = await compute(pairs.filter((_, i) => !found[i]));
    const blocks = found.map((block) => block ?? computed.shift()!);
    pairs.forEach((pair, i) => {
      this.blocks.delete(nameOf(pair));
      this.blocks.set(nameOf(pair), blocks[i]!);
    });
    const gram = assemble(members, pairs, blocks);
    this.latest = gram.byteLength > this.budget ? undefined : { inputs: members.map((member) => member.inputs), gram };
    this.evict(this.budget - (this.latest ? gram.byteLength : 0));
    return gram;
  }

  clear(): void {
    this.blocks.clear();
    this.latest = undefined;
  }

  private find(pair: Pair): Block | undefined {
    const block = this.blocks.get(nameOf(pair));
    return block?.left === pair.left.inputs && block.right === pair.right.inputs ? block : undefined;
  }

  /** Forgets the blocks that were not used for the longest time, until `budget` bytes are enough for the others. */
  private evict(budget: number): void {
    let kept = bytesOf(this.blocks.values());
    for (const [name, block] of this.blocks) {
      if (kept <= budget) return;
      this.blocks.delete(name);
      kept -= block.gram.byteLength;
    }
  }
}
