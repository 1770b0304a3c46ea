import { priorShift, type Targets } from './evolution.ts';
import type { Pool } from './pool.ts';

/**
 * What a pool's labels and soft labels ask of its logits, as a function of them in host memory: the sum over the samples of
 *   CE(f + shift, y) + λ T² KL(softmax(h/T) || softmax(f/T)),
 * whose derivative is g = softmax(f + shift) - Y + λ T (softmax(f/T) - softmax(h/T)) (ops/ntkEvolve.ts).
 */
export class Objective {
  /** What every gradient subtracts: Y + λ T softmax(h/T). */
  readonly #target: Float32Array;
  readonly #powers: Float64Array;

  /**
   * @param labels class indices, N.
   * @param shift what the prior adds to the logits in the label term, C.
   * @param teacher h, N x C.
   * @param softWeight λ T.
   */
  constructor(
    labels: Int32Array,
    private readonly shift: Float32Array,
    teacher: Float32Array,
    private readonly temperature: number,
    private readonly softWeight: number,
  ) {
    const classes = shift.length;
    this.#target = new Float32Array(labels.length * classes);
    this.#powers = new Float64Array(classes);
    labels.forEach((label, p) => (this.#target[p * classes + label] = 1));
    if (softWeight !== 0) this.#addSoftmaxes(this.#target, teacher, temperature, null, softWeight);
  }

  /** What bounds the second derivative along any direction. */
  get curvature(): number {
    return (1 + this.softWeight / this.temperature) / 2;
  }

  /** g at these logits, N x C. */
  gradient(logits: Float32Array): Float32Array {
    const gradient = new Float32Array(logits.length);
    this.#addSoftmaxes(gradient, logits, 1, this.shift, 1);
    if (this.softWeight !== 0) this.#addSoftmaxes(gradient, logits, this.temperature, null, this.softWeight);
    for (let i = 0; i < gradient.length; i++) gradient[i]! -= this.#target[i]!;
    return gradient;
  }

  /** into += weight · softmax((logits + shift) / divisor), row by row. */
  #addSoftmaxes(into: Float32Array, logits: Float32Array, divisor: number, shift: Float32Array | null, weight: number): void {
    const classes = this.shift.length;
    const powers = this.#powers;
    for (let start = 0; start < logits.length; start += classes) {
      let top = -Infinity;
      for (let c = 0; c < classes; c++) {
        const power = (logits[start + c]! + (shift ? shift[c]! : 0)) / divisor;
        powers[c] = power;
        if (power > top) top = power;
      }
      let sum = 0;
      for (let c = 0; c < classes; c++) {
        const power = Math.exp(powers[c]! - top);
        powers[c] = power;
        sum += power;
      }
      const share = weight / sum;
      for (let c = 0; c < classes; c++) into[start + c]! += share * powers[c]!;
    }
  }
}

/** What a pool asks of its C logits. @param logits f⁰, N x C. */
export function objectiveOf(
  { labels, teacher }: Pick<Pool, 'labels' | 'teacher'>,
  classes: number,
  { temperature, softLabelWeight, priorAdjustment }: Targets,
  logits: Float32Array,
): Objective {
  return new Objective(labels, priorShift(labels, classes, priorAdjustment), teacher ?? logits, temperature, softLabelWeight * temperature);
}
