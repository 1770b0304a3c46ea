/** The table and ratios of `npm run bench:wire`. */

import { digits, percent } from '../math/format.ts';
import { median } from '../math/median.ts';
import { table } from './table.ts';

/** Ways for bytes between two tabs, the first being what the others are compared with. */
export const ways = ['bare', 'page', 'worker'] as const;
export type Way = (typeof ways)[number];

type ByWay<T> = Readonly<Record<Way, T>>;

/** Frames of one size in one or both directions; bare messages always have 64 KiB. */
export interface Transfer {
  readonly size: number;
  readonly directions: 1 | 2;
  /** MB/s of both directions together, each way in turn in every run. */
  readonly runs: readonly ByWay<number>[];
}

/** Milliseconds for a small frame and its answer, each way in turn. */
export type RoundTrips = readonly ByWay<number>[];

const sizeName = (size: number) => (size % 1024 === 0 ? `${size / 1024} KiB` : size < 1e6 ? `${size / 1e3} kB` : `${size / 1e6} MB`);

const speed = ({ runs }: Transfer, way: Way) => median(runs.map((run) => run[way]));

/** The share of the bare channel's throughput, the median of what every run gave. */
const share = ({ runs }: Transfer, way: Way) => median(runs.map((run) => run[way] / run.bare));

export function wireTable(transfers: readonly Transfer[], roundTrips: RoundTrips): string {
  const rows = transfers.map((transfer) => [
    `${sizeName(transfer.size)}, ${transfer.directions === 1 ? 'one way' : 'both ways'}`,
    digits(speed(transfer, 'bare')),
    ...(['page', 'worker'] as const).flatMap((way) => [digits(speed(transfer, way)), percent(share(transfer, way), 0)]),
  ]);
  const trip = (way: Way) => digits(median(roundTrips.map((run) => run[way])));
  return [
    table([['frames, MB/s', 'bare', 'page', 'of bare', 'worker', 'of bare'], ...rows]),
    table([
      ['round trip, ms', 'bare', 'page', 'worker'],
      ['100 bytes', ...ways.map(trip)],
    ]),
  ].join('\n\n');
}

export function wireSummary(transfers: readonly Transfer[], roundTrips: RoundTrips): string {
  const shares = ([1, 2] as const).map((directions) => {
    const parts = transfers
      .filter((transfer) => transfer.directions === directions)
      .map((transfer) => `${percent(share(transfer, 'worker'), 0)} (${sizeName(transfer.size)})`);
    return `${directions === 1 ? 'one way' : 'both ways'} ${parts.join(', ')}`;
  });
  const bare = median(transfers.flatMap((transfer) => transfer.runs.map((run) => run.bare)));
  const trip = (way: Way) => digits(median(roundTrips.map((run) => run[way])));
  return (
    `Between workers of two tabs, frames reach of the bare channel's ${digits(bare)} MB/s: ${shares.join('; ')}; ` +
    `a small one is answered in ${trip('worker')} ms, bare in ${trip('bare')} ms.`
  );
}
