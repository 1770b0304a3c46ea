/**
 * y' = F(y) followed with error control by the Runge–Kutta–Chebyshev method of second order (RKC: Sommeijer, Shampine & Verwer
 * 1997, "RKC: An explicit solver for parabolic PDEs"): explicit, and stable over a time that grows with the square of a step's
 * stages. The usual explicit pairs (Dormand & Prince) would take as many steps as the kernel's largest eigenvalue asks for, long
 * after its part has come to rest; here its square root is enough. It needs what a kernel's flow has: derivatives with real,
 * negative eigenvalues.
 */

import { axpby, subtract } from '../math/vectors.ts';

/** What is followed. */
export interface System {
  /** F(y), a new vector. It does not read y after it has resolved. */
  readonly slope: (y: Float32Array) => Promise<Float32Array>;
  /** The leading numbers of y that errors count in, and that F depends on; the others are carried along. */
  readonly length: number;
}

/** Signals a system that cannot be followed any further. */
export class StepSizeError extends Error {
  override readonly name = 'StepSizeError';
}

/** Bounds of a step's growth, and what is kept back of the growth that its error allows. */
const MOST_GROWTH = 5;
const LEAST_GROWTH = 0.1;
const CAUTION = 0.8;

/** Power iterations for the spectral radius: at first, and at each later step, from where the last ones led. */
const FIRST_ITERATIONS = 5;
/** What the radius may be above its estimate. */
const RADIUS_MARGIN = 1.2;
const ROUNDING = 2 ** -24;

/** ε: how far the stability polynomials are damped. */
const DAMPING = 2 / 13;

/** Of one stage: Y_j = (1 - μ - ν) Y_0 + μ Y_{j-1} + ν Y_{j-2} + μ̃ h F_{j-1} + γ̃ h F_0. */
interface Stage {
  readonly mu: number;
  readonly nu: number;
  readonly muSlope: number;
  readonly gammaSlope: number;
}

/** The stages 2 .. s, and what stage 1 takes of h F_0. */
function stagesOf(count: number): { readonly first: number; readonly stages: readonly Stage[] } {
  const w0 = 1 + DAMPING / count ** 2;
  // The Chebyshev polynomials at w0, with their first and second derivatives.
  const t = [1, w0];
  const dt = [0, 1];
  const ddt = [0, 0];
  for (let j = 2; j <= count; j++) {
    t.push(2 * w0 * t[j - 1]! - t[j - 2]!);
    dt.push(2 * t[j - 1]! + 2 * w0 * dt[j - 1]! - dt[j - 2]!);
    ddt.push(4 * dt[j - 1]! + 2 * w0 * ddt[j - 1]! - ddt[j - 2]!);
  }
  const w1 = dt[count]! / ddt[count]!;
  const b = t.map((_, j) => ddt[Math.max(j, 2)]! / dt[Math.max(j, 2)]! ** 2);
  const stages = Array.from({ length: count - 1 }, (_, i): Stage => {
    const j = i + 2;
    const muSlope = (2 * b[j]! * w1) / b[j - 1]!;
    return {
      mu: (2 * b[j]! * w0) / b[j - 1]!,
      nu: -b[j]! / b[j - 2]!,
      muSlope,
      gammaSlope: -(1 - b[j - 1]! * t[j - 1]!) * muSlope,
    };
  });
  return { first: b[1]! * w1, stages };
}

/** One step of h from y with s stages, at the cost of s - 1 slopes. */
async function step({ slope }: System, y: Float32Array, atStart: Float32Array, h: number, count: number): Promise<Float32Array> {
  const { first, stages } = stagesOf(count);
  let before = y;
  let now = axpby(1, y, first * h, atStart);
  for (const { mu, nu, muSlope, gammaSlope } of stages) {
    const here = await slope(now);
    const next = new Float32Array(y.length);
    for (let i = 0; i < next.length; i++) {
      const origin = y[i]!;
      next[i] = origin + mu * (now[i]! - origin) + nu * (before[i]! - origin) + h * (muSlope * here[i]! + gammaSlope * atStart[i]!);
    }
    [before, now] = [now, next];
  }
  return now;
}

function rms(vector: ArrayLike<number>, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += vector[i]! * vector[i]!;
  return Math.sqrt(sum / length);
}

interface Point {
  readonly y: Float32Array;
  readonly slope: Float32Array;
}

/** A step's error, estimated from its ends, root mean square, relative to 1 + |y|. */
function errorOf(from: Point, to: Point, h: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) {
    const [a, b] = [from.y[i]!, to.y[i]!];
    const error = 0.8 * (a - b) + 0.4 * h * (from.slope[i]! + to.slope[i]!);
    sum += (error / (1 + Math.max(Math.abs(a), Math.abs(b)))) ** 2;
  }
  return Math.sqrt(sum / length);
}

/** The largest eigenvalue's size, by the power method on differences of slopes; it goes on from its last vector. */
class Radius {
  #direction: Float32Array | null = null;

  /** @param size of the differences, root mean square. */
  constructor(
    private readonly system: System,
    private readonly size: number,
  ) {}

  async at(y: Float32Array, slope: Float32Array): Promise<number> {
    const { length } = this.system;
    const iterations = this.#direction ? 1 : FIRST_ITERATIONS;
    let direction = this.#direction ?? slope;
    let radius = 0;
    for (let k = 0; k < iterations; k++) {
      const scale = this.size / rms(direction, length);
      if (!Number.isFinite(scale)) break;
      direction = subtract(await this.system.slope(axpby(1, y, scale, direction)), slope);
      radius = rms(direction, length) / this.size;
    }
    this.#direction = radius > 0 ? direction : null;
    return RADIUS_MARGIN * radius;
  }
}

/**
 * y at each of the times, from y at 0.
 * @param times ascending, above 0.
 * @param tolerance of a step's error, root mean square, relative to 1 + |y|.
 * @throws {StepSizeError} when no step is short enough, because a slope is not finite.
 */
export async function integrate(system: System, start: Float32Array, times: readonly number[], tolerance: number): Promise<Float32Array[]> {
  const { length } = system;
  const radius = new Radius(system, tolerance);
  // With more stages rounding would be what the error estimate sees.
  const mostStages = Math.max(2, Math.floor(Math.sqrt(tolerance / (10 * ROUNDING))));
  const end = times.at(-1) ?? 0;
  const states: Float32Array[] = [];
  let y = start;
  let slope = await system.slope(y);
  let eigenvalue = await radius.at(y, slope);
  let time = 0;
  let h = eigenvalue > 0 ? Math.min(end, 1 / eigenvalue) : end;
  for (const until of times) {
    while (time < until) {
      const reach = eigenvalue > 0 ? (mostStages ** 2 - 1) / (1.54 * eigenvalue) : Infinity;
      const wanted = Math.min(h, reach);
      const isLast = time + wanted >= until;
      const taken = isLast ? until - time : wanted;
      const stages = 1 + Math.ceil(Math.sqrt(1 + 1.54 * taken * eigenvalue));
      const next = await step(system, y, slope, taken, stages);
      const ahead = await system.slope(next);
      const error = errorOf({ y, slope }, { y: next, slope: ahead }, taken, length) / tolerance;
      const growth = CAUTION / Math.cbrt(error);
      const longest = Math.min(MOST_GROWTH, Math.max(LEAST_GROWTH, Number.isNaN(growth) ? 0 : growth)) * taken;
      if (!(error <= 1)) {
        h = longest;
        if (h < end * ROUNDING) throw new StepSizeError('No step is short enough.');
        continue;
      }
      // A step cut short at a time says little of how long the next may be.
      h = isLast ? Math.max(wanted, longest) : longest;
      time = isLast ? until : time + taken;
      [y, slope] = [next, ahead];
      eigenvalue = await radius.at(y, slope);
    }
    states.push(y);
  }
  return states;
}
