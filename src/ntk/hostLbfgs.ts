/** L-BFGS on vectors in host memory: what the products with Θ need goes to the backend, and what they give comes back. */

import * as tf from '@tensorflow/tfjs';
import { MEMORY, type Lbfgs, type Line, type RidgeProblem } from './lbfgs.ts';
import { add, dot, LimitedMemory, scale } from './limitedMemory.ts';
import { curvatureBound, Objective } from './objective.ts';
import { takeOne } from './readback.ts';

export class HostLbfgs implements Lbfgs {
  readonly #memory: LimitedMemory;
  /** θ, then R. */
  #point: Float32Array;
  /** By θ, then the R that it is -Jᵀ R of. */
  #gradient: Float32Array;

  private constructor(
    private readonly problem: RidgeProblem,
    private readonly ridge: number,
    private readonly objective: Objective,
    /** Where it stands. */
    private logits: Float32Array,
  ) {
    const { unknowns } = problem.tangents;
    this.#memory = new LimitedMemory(MEMORY, unknowns);
    this.#point = new Float32Array(unknowns + logits.length);
    this.#gradient = this.#point;
  }

  /** Stands at 0: one product. @param ridge ρ. */
  static async begin(problem: RidgeProblem, ridge: number): Promise<HostLbfgs> {
    const start = await takeOne(problem.logits.clone());
    const objective = new Objective(problem.asked, start);
    const lbfgs = new HostLbfgs(problem, ridge, objective, start);
    lbfgs.#gradient = await lbfgs.#gradientWith(objective.gradient(start));
    return lbfgs;
  }

  get gradientNorm(): number {
    return Math.sqrt(this.#dot(this.#gradient, this.#gradient));
  }

  get isFresh(): boolean {
    return this.#memory.isEmpty;
  }

  async turn(): Promise<Line> {
    const direction = this.#memory.direction(this.#gradient);
    const slope = this.#dot(this.#gradient, direction);
    const tangent = await this.#forward(direction);
    const curvature = this.ridge * this.#dot(direction, direction);
    const ridgeSlope = this.ridge * this.#dot(this.#point, direction);
    /** The point at a distance: its logits, their g, and the slope of the objective. */
    const at = (distance: number) => {
      const logits = new Float32Array(tangent.length);
      for (let i = 0; i < logits.length; i++) logits[i] = this.logits[i]! + distance * tangent[i]!;
      const g = this.objective.gradient(logits);
      return { distance, logits, g, slope: dot(g, tangent, g.length) / this.#samples + ridgeSlope + distance * curvature };
    };
    const bound = (curvatureBound(this.problem.asked) * dot(tangent, tangent, tangent.length)) / this.#samples + curvature;
    let tried = at(this.isFresh ? -slope / bound : 1);
    return {
      slope,
      trials: [tried],
      tryAt: async (distance) => [(tried = at(distance))],
      advance: async (distance) => {
        const { logits, g } = tried.distance === distance ? tried : at(distance);
        this.logits = logits;
        // The direction is not needed any more: it becomes the step.
        await this.#move(scale(direction, distance), g);
      },
    };
  }

  async moveBy(residual: Float32Array): Promise<void> {
    const step = new Float32Array(this.#point.length);
    step.set((await this.#backward(residual)).map((value) => -value));
    step.set(residual, this.problem.tangents.unknowns);
    const moved = await this.#forward(step);
    this.logits = this.logits.map((value, i) => value + moved[i]!);
    await this.#move(step, this.objective.gradient(this.logits));
    await this.forget();
  }

  async forget(): Promise<void> {
    this.#memory.clear();
  }

  async end(): Promise<{ residual: Float32Array; logits: Float32Array }> {
    return { residual: this.#point.slice(this.problem.tangents.unknowns), logits: this.logits };
  }

  /** All that it holds is collected. */
  dispose(): void {}

  async #move(step: Float32Array, g: Float32Array): Promise<void> {
    add(this.#point, 1, step);
    const next = await this.#gradientWith(g);
    // The last gradient is not needed any more: it becomes the change.
    const change = this.#gradient;
    for (let i = 0; i < change.length; i++) change[i] = next[i]! - change[i]!;
    this.#memory.learn(step, change);
    this.#gradient = next;
  }

  /** The gradient where it stands, g being that of the logits. */
  async #gradientWith(g: Float32Array): Promise<Float32Array> {
    const { unknowns } = this.problem.tangents;
    const point = this.#point;
    const gradient = new Float32Array(point.length);
    const sums = await this.#backward(g);
    for (let i = 0; i < unknowns; i++) gradient[i] = this.ridge * point[i]! + sums[i]! / this.#samples;
    for (let i = 0; i < g.length; i++) gradient[unknowns + i] = this.ridge * point[unknowns + i]! - g[i]! / this.#samples;
    return gradient;
  }

  get #samples(): number {
    return this.problem.asked.labels.length;
  }

  #dot(a: Float32Array, b: Float32Array): number {
    return dot(a, b, this.problem.tangents.unknowns);
  }

  #forward(vector: Float32Array): Promise<Float32Array> {
    const { tangents } = this.problem;
    return takeOne(tf.tidy(() => tangents.forward(vector.subarray(0, tangents.unknowns))));
  }

  #backward(matrix: Float32Array): Promise<Float32Array> {
    const { tangents, logits } = this.problem;
    return takeOne(tf.tidy(() => tangents.backward(tf.tensor2d(matrix, logits.shape))));
  }
}
