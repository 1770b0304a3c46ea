/** L-BFGS on vectors that stay on the device: of a product a few dozen numbers come back, all at once. */

import * as tf from '@tensorflow/tfjs';
import { MEMORY, type Lbfgs, type Line, type RidgeProblem, type Trial } from './lbfgs.ts';
import { curvatureBound, targetsOf, type Softening } from './objective.ts';
import { ntkCombine, ntkMove, ntkRemember, ntkSlopes, ntkTwoLoops, PIECE, piecesOf, POINT, ROWS } from './ops/ntkLbfgs.ts';
import { take, takeOne } from './readback.ts';

/** Distances that are tried at once, in parts of the one asked for: so near to each other that one of them is flat enough. */
export const PARTS = [-4, -3, -2, -1, 0, 1, 2, 3].map((halves) => 2 ** (halves / 2));

/** What stays the same. */
type Given = { readonly shift: tf.Tensor1D; readonly targets: tf.Tensor2D };

/** Where it stands: logits and g, 2 x N x C, and the memory (ops/ntkLbfgs.ts). */
type Stand = { readonly place: tf.Tensor3D; readonly memory: tf.Tensor3D };

/** A direction, P x PIECE, and J times it, N x C. */
type Way = { readonly direction: tf.Tensor2D; readonly tangent: tf.Tensor2D };

/** What came back of the way on. */
interface Seen {
  readonly slope: number;
  /** d · d. */
  readonly square: number;
  readonly gradientNorm: number;
  /** What `ntkSlopes` has at PARTS of a unit step. */
  readonly changes: Float32Array;
}

export class DeviceLbfgs implements Lbfgs {
  /** Pairs of the memory that count. */
  #remembered = 0;
  #seen: Seen = { slope: 0, square: 0, gradientNorm: 0, changes: new Float32Array(PARTS.length) };

  private constructor(
    private readonly problem: RidgeProblem,
    private readonly ridge: number,
    private readonly given: Given,
    private stand: Stand,
    private way: Way,
  ) {}

  /** Stands at 0: one product. @param ridge ρ. */
  static async begin(problem: RidgeProblem, ridge: number): Promise<DeviceLbfgs> {
    const { tangents, logits, asked } = problem;
    const pieces = piecesOf(tangents.unknowns) + piecesOf(logits.size);
    const { given, stand, way } = tf.tidy(() => {
      const teacher = asked.teacher ? tf.tensor2d(asked.teacher, logits.shape) : logits;
      const targets = targetsOf(tf.tensor1d(asked.labels, 'int32'), teacher, asked);
      return {
        given: { shift: tf.tensor1d(asked.shift), targets },
        stand: {
          place: tf.reshape<tf.Rank.R3>(tf.stack([logits, tf.zerosLike(logits)]), [2, ...logits.shape]),
          memory: tf.zeros<tf.Rank.R3>([pieces, ROWS, PIECE]),
        },
        way: { direction: tf.zeros<tf.Rank.R2>([pieces, PIECE]), tangent: tf.zerosLike(logits) },
      };
    });
    const lbfgs = new DeviceLbfgs(problem, ridge, given, stand, way);
    try {
      await lbfgs.#move(0, 0);
      return lbfgs;
    } catch (error) {
      lbfgs.dispose();
      throw error;
    }
  }

  get gradientNorm(): number {
    return this.#seen.gradientNorm;
  }

  get isFresh(): boolean {
    return this.#remembered === 0;
  }

  async turn(): Promise<Line> {
    const { slope, changes } = this.#seen;
    return {
      slope,
      trials: this.isFresh ? await this.#tryAt(await this.#safeDistance()) : this.#trialsOf(PARTS, changes),
      tryAt: (distance) => this.#tryAt(distance),
      advance: (distance) => this.#move(distance, Math.min(this.#remembered + 1, MEMORY)),
    };
  }

  async moveBy(residual: Float32Array): Promise<void> {
    const { tangents, logits } = this.problem;
    const filled = (vector: tf.Tensor1D) => tf.pad1d(vector, [0, PIECE * piecesOf(vector.size) - vector.size]);
    const way = tf.tidy(() => {
      const theta = tf.neg(tangents.backward(tf.tensor2d(residual, logits.shape)));
      const direction = tf.concat1d([filled(theta), filled(tf.tensor1d(residual))]);
      return { direction: tf.reshape<tf.Rank.R2>(direction, [direction.size / PIECE, PIECE]), tangent: tangents.forward(theta) };
    });
    tf.dispose(this.way);
    this.way = way;
    await this.#move(1, 0);
  }

  async forget(): Promise<void> {
    this.#remembered = 0;
    await this.#look();
  }

  async end(): Promise<{ residual: Float32Array; logits: Float32Array }> {
    const { place, memory } = this.stand;
    const { tangents } = this.problem;
    const ends = tf.tidy(() => {
      const carried = tf.slice3d(memory, [piecesOf(tangents.unknowns), POINT, 0], [-1, 1, PIECE]);
      return [tf.slice1d(tf.reshape(carried, [-1]), 0, place.size / 2), tf.slice3d(place, [0, 0, 0], [1, -1, -1])];
    });
    const [residual, logits] = await take(ends);
    return { residual: residual!, logits: logits! };
  }

  dispose(): void {
    tf.dispose([this.given, this.stand, this.way]);
  }

  /** Goes along the way, and looks on from there with so many pairs. */
  async #move(distance: number, remembered: number): Promise<void> {
    const { ridge } = this;
    const { tangents, logits } = this.problem;
    const { place: before, memory } = this.stand;
    const { direction, tangent } = this.way;
    const stand = tf.tidy(() => {
      const place = ntkMove({ place: before, tangent, ...this.given }, { distance, ...this.#softening });
      const g = tf.reshape<tf.Rank.R2>(tf.slice3d(place, [1, 0, 0], [1, -1, -1]), logits.shape);
      return { place, memory: ntkRemember({ memory, direction, sums: tangents.backward(g), place }, { distance, ridge }) };
    });
    tf.dispose(this.stand);
    this.stand = stand;
    this.#remembered = remembered;
    await this.#look();
  }

  /** Finds the way on, and reads what there is to know of it. */
  async #look(): Promise<void> {
    const { tangents } = this.problem;
    const { place, memory } = this.stand;
    const { way, seen } = tf.tidy(() => {
      const coefficients = ntkTwoLoops(memory, tangents.unknowns, { remembered: this.#remembered });
      const direction = ntkCombine({ memory, coefficients });
      const tangent = tangents.forward(tf.reshape<tf.Rank.R1>(direction, [direction.size]));
      const changes = ntkSlopes({ place, tangent, shift: this.given.shift, distances: tf.tensor1d(PARTS) }, this.#softening);
      return { way: { direction, tangent }, seen: [coefficients, changes] };
    });
    tf.dispose(this.way);
    this.way = way;
    const [numbers, changes] = await take(seen);
    const [slope, square, gradientSquare] = numbers!.subarray(ROWS);
    this.#seen = { slope: slope!, square: square!, gradientNorm: Math.sqrt(gradientSquare!), changes: changes! };
  }

  async #tryAt(distance: number): Promise<readonly Trial[]> {
    const { place } = this.stand;
    const { tangent } = this.way;
    const distances = PARTS.map((part) => part * distance);
    const changes = await takeOne(
      tf.tidy(() => ntkSlopes({ place, tangent, shift: this.given.shift, distances: tf.tensor1d(distances) }, this.#softening)),
    );
    return this.#trialsOf(distances, changes);
  }

  #trialsOf(distances: readonly number[], changes: Float32Array): Trial[] {
    const { slope, square } = this.#seen;
    const samples = this.problem.logits.shape[0];
    return distances.map((distance, i) => ({ distance, slope: slope + changes[i]! / samples + distance * this.ridge * square }));
  }

  /** One that cannot go too far, whatever the curvature. */
  async #safeDistance(): Promise<number> {
    const { slope, square } = this.#seen;
    const [bend] = await takeOne(tf.tidy(() => tf.sum(tf.square(this.way.tangent))));
    return -slope / ((curvatureBound(this.#softening) * bend!) / this.problem.logits.shape[0] + this.ridge * square);
  }

  get #softening(): Softening {
    const { temperature, softWeight } = this.problem.asked;
    return { temperature, softWeight };
  }
}
