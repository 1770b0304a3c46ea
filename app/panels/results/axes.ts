/** The axes of the charts: how far they go, what is written along them, and how one of their values is told. */

import { formatBytes, formatBytesBriefly, formatLoss, formatPercent, formatWholePercent } from '../../format.ts';
import type { Curves } from './curves.ts';

/** One axis, from 0 to `max`. */
export interface Axis {
  readonly max: number;
  readonly ticks: readonly number[];
  readonly formatTick: (value: number) => string;
  /** A value in full, e.g. `after round 4` or `84.1 %`. */
  readonly describe: (value: number) => string;
}

/** The smallest of 1, 2, 2.5, 5 or 10 times a power of ten that is not below the value: an axis that rarely moves. */
export function niceCeiling(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 2.5, 5].find((step) => step * power >= value) ?? 10);
}

/** The same axis with its ends alone, where there is little room. */
export function ends(axis: Axis): Axis {
  return { ...axis, ticks: [0, axis.max] };
}

export const accuracyAxis: Axis = {
  max: 1,
  ticks: [0, 0.2, 0.4, 0.6, 0.8, 1],
  formatTick: formatWholePercent,
  describe: formatPercent,
};

export const smallAccuracyAxis: Axis = { ...accuracyAxis, ticks: [0, 0.5, 1] };

/** @param rounds of the whole run. */
export function roundAxis(rounds: number): Axis {
  const step = Math.max(1, niceCeiling(rounds / 5));
  const ticks = Array.from({ length: Math.floor(rounds / step) + 1 }, (_, k) => Math.round(k * step));
  return { max: rounds, ticks, formatTick: String, describe: (round) => `after round ${round}` };
}

/** Loss of guessing among ten classes, nats, rounded up: the axis starts there and grows only for worse. */
const GUESSING_LOSS = 2.5;

export function lossAxis({ curves }: Curves): Axis {
  const most = Math.max(0, ...curves.flatMap(({ values }) => values).map((value) => value ?? 0));
  const max = most <= GUESSING_LOSS ? GUESSING_LOSS : niceCeiling(most);
  const formatTick = (value: number) => (value === 0 ? '0' : formatLoss(value));
  return { max, ticks: [0, max / 2, max], formatTick, describe: formatLoss };
}

/** As long as the run's bytes would be at the present rate. */
export function bytesAxis({ x }: Curves, finished: number, rounds: number): Axis {
  const max = niceCeiling(((x.at(-1) ?? 0) * rounds) / Math.max(1, finished));
  return {
    max,
    ticks: x.length > 0 ? [0, max / 2, max] : [0],
    formatTick: (value) => (value === 0 ? '0' : formatBytesBriefly(value)),
    describe: (bytes) => `after ${formatBytes(bytes)}`,
  };
}
