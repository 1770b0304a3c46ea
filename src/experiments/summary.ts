/** What the runs of one condition, one a seed, say together. */

import type { RunRecord } from './record.ts';

/** Mean and sample standard deviation. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
}

export type Measure = 'averaged' | 'mean';

/** Rounds until the accuracy was first reached, or null. */
export function roundsTo(record: RunRecord, accuracy: number, measure: Measure = 'averaged'): number | null {
  const index = record.rounds.findIndex((round) => round[measure] >= accuracy);
  return index < 0 ? null : index + 1;
}

/** Training bytes that all clients together had sent by then, or null. */
export function bytesTo(record: RunRecord, accuracy: number): number | null {
  const rounds = roundsTo(record, accuracy);
  return rounds === null ? null : bytesAfter(record, rounds);
}

export function bytesAfter({ rounds }: RunRecord, count: number): number {
  return rounds.slice(0, count).reduce((sum, { bytes }) => sum + bytes, 0);
}

/** The largest fall of the averaged model's accuracy from one round to the next, after round `from`. */
export function largestDrop({ rounds }: RunRecord, from: number): number {
  return Math.max(0, ...rounds.slice(from).map(({ averaged }, i) => (rounds[from + i - 1]?.averaged ?? averaged) - averaged));
}

/** The mean over the runs of each round's accuracy, as far as all of them go. */
export function meanCurve(records: readonly RunRecord[], measure: Measure): number[] {
  const rounds = Math.min(...records.map((record) => record.rounds.length));
  return Array.from({ length: rounds }, (_, t) => spreadOf(records.map((record) => record.rounds[t]![measure])).mean);
}

/** The mean over the runs of the bytes sent until each round, by a directed edge. */
export function bytesCurve(records: readonly RunRecord[], edges: number): number[] {
  const rounds = Math.min(...records.map((record) => record.rounds.length));
  return Array.from({ length: rounds }, (_, t) => spreadOf(records.map((record) => bytesAfter(record, t + 1) / edges)).mean);
}
