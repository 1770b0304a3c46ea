/** Soft labels that several models give the same samples together: this project's reading of SPARK's "neighbours' mean". */

/** One model's part in the mean; the weights of all sum to one. */
export interface Vote {
  readonly weight: number;
  /** f, n x C. */
  readonly logits: Float32Array;
}

/**
 * Logits h = T log Σ_k m_k softmax(f_k/T), n x C, whose softmax at T is the mean. In logarithms throughout (float64), so that
 * neither large logits nor a class that nobody believes in overflow.
 */
export function softenedMean(votes: readonly Vote[], classes: number, temperature: number): Float32Array {
  const [first] = votes;
  const mean = new Float32Array(first?.logits.length ?? 0);
  const offsets = new Float64Array(votes.length);
  for (let start = 0; start < mean.length; start += classes) {
    votes.forEach(({ weight, logits }, k) => {
      const row = logits.subarray(start, start + classes);
      offsets[k] = Math.log(weight) - logSumExp(classes, (c) => row[c]! / temperature);
    });
    for (let at = start; at < start + classes; at++) {
      mean[at] = temperature * logSumExp(votes.length, (k) => votes[k]!.logits[at]! / temperature + offsets[k]!);
    }
  }
  return mean;
}

/** log Σ exp(term), of at least one that is finite. */
function logSumExp(count: number, term: (i: number) => number): number {
  let top = -Infinity;
  for (let i = 0; i < count; i++) top = Math.max(top, term(i));
  let sum = 0;
  for (let i = 0; i < count; i++) sum += Math.exp(term(i) - top);
  return top + Math.log(sum);
}
