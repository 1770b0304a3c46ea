/** The figures of docs/RESULTS.md. */

import { presets } from '../settings/presets.ts';
import { lineChart, type Series } from './lineChart.ts';
import type { Measurements, MeasuredRow } from './findings.ts';
import type { RunRecord } from './record.ts';
import { bytesCurve, meanCurve, type Measure } from './summary.ts';

/** The study that they show. */
const STUDY = 'methods-0.1';

/** Directed edges of its federations: 40 clients, degree 5. */
const EDGES = 200;

/** The rounds shown. */
const ROUNDS = 15;

/** Solid lines for the methods, dashed ones for the reference. */
function series(rows: readonly MeasuredRow[], points: (records: readonly RunRecord[]) => readonly (readonly [number, number])[]): Series[] {
  return rows.flatMap(({ label, records }) =>
    records.length > 0 ? [{ label, points: points(records), dashed: label === presets.centralised.title }] : [],
  );
}

function byRound(title: string, rows: readonly MeasuredRow[], measure: Measure): string {
  return lineChart({
    title: `${title}, α = 0.1: accuracy by round`,
    xLabel: 'rounds',
    xScale: 'linear',
    yRange: [0.4, 0.9],
    series: series(rows, (records) =>
      meanCurve(records, measure)
        .slice(0, ROUNDS)
        .map((accuracy, t) => [t + 1, accuracy] as const),
    ),
  });
}

function byBytes(rows: readonly MeasuredRow[]): string {
  const sending = rows.filter(({ label }) => label !== presets.centralised.title);
  return lineChart({
    title: 'Averaged model, α = 0.1: accuracy by bytes sent',
    xLabel: 'MB sent by a directed edge (logarithmic)',
    xScale: 'log',
    yRange: [0.4, 0.9],
    series: series(sending, (records) => {
      const accuracy = meanCurve(records, 'averaged');
      return bytesCurve(records, EDGES).map((bytes, t) => [bytes / 1e6, accuracy[t]!] as const);
    }),
  });
}

/** SVG by name; none while nothing is on record. */
export function figures(measurements: Measurements): ReadonlyMap<string, string> {
  const all = measurements.get(STUDY) ?? [];
  const runs = Math.max(0, ...all.map(({ records }) => records.length));
  if (runs === 0) return new Map();
  // What has not been run with all seeds is left to the table, and of each method all but what it was compared with.
  const rows = all.filter(({ records, isTriedLater }) => records.length === runs && !isTriedLater);
  return new Map([
    ['rounds', byRound('Averaged model', rows, 'averaged')],
    ['clients', byRound('Mean client', rows, 'mean')],
    ['bytes', byBytes(rows)],
  ]);
}
