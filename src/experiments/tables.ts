/** Markdown tables of the runs' numbers. */

import { megabytes, percent, points } from '../math/format.ts';
import type { RunRecord } from './record.ts';
import { bytesAfter, bytesTo, largestDrop, roundsTo, spreadOf } from './summary.ts';

/** The runs of one row, by seed. */
export interface Measured {
  readonly label: string;
  readonly records: readonly RunRecord[];
}

type Column = readonly [title: string, cell: (records: readonly RunRecord[]) => string];

const THRESHOLDS = [0.8, 0.82, 0.84];

/** Significant digits of bytes: seeds differ in the third. */
export const BYTES_DIGITS = 2;

function accuracyCell(values: readonly number[]): string {
  const { mean, deviation } = spreadOf(values);
  return values.length > 1 ? `${points(mean)} ± ${points(deviation)}` : points(mean);
}

/** Each run's value, or a dash where a run did not get there. */
const each = (values: readonly (number | null)[]) => values.map((value) => value ?? '–').join(', ');

function bytesCell(records: readonly RunRecord[], accuracy: number): string {
  const values = records.map((record) => bytesTo(record, accuracy));
  const reached = values.filter((value) => value !== null);
  return reached.length < values.length ? '–' : megabytes(spreadOf(reached).mean, BYTES_DIGITS);
}

const last = ({ rounds }: RunRecord) => rounds.at(-1)!;

const finals: readonly Column[] = [
  ['averaged, %', (records) => accuracyCell(records.map((record) => last(record).averaged))],
  ['mean client, %', (records) => accuracyCell(records.map((record) => last(record).mean))],
];

const perRound: Column = [
  'bytes a round',
  (records) =>
    megabytes(spreadOf(records.map((record) => bytesAfter(record, record.rounds.length) / record.rounds.length)).mean, BYTES_DIGITS),
];

const drop: Column = ['largest drop after round 5', (records) => points(Math.max(...records.map((record) => largestDrop(record, 5))))];

/** The accuracy after so many rounds, averaged model / mean client. */
const after = (round: number): Column => [
  `after ${round}`,
  (records) =>
    records.every(({ rounds }) => rounds.length >= round)
      ? `${points(spreadOf(records.map(({ rounds }) => rounds[round - 1]!.averaged)).mean)} / ` +
        points(spreadOf(records.map(({ rounds }) => rounds[round - 1]!.mean)).mean)
      : '–',
];

/** The averaged model's loss after the last round, over its lowest after any: the mean over the runs. */
const climb: Column = [
  'loss at the end / lowest',
  (records) => {
    const ends = records.map(({ rounds }) => rounds.at(-1)!.loss);
    const lowest = records.map(({ rounds }) => Math.min(...rounds.map(({ loss }) => loss)));
    return `${spreadOf(ends).mean.toFixed(2)} / ${spreadOf(lowest).mean.toFixed(2)}`;
  },
];

const kernelErrors: Column = [
  'kernel error',
  (records) => {
    const errors = records.flatMap(({ kernelError }) => kernelError ?? []);
    return errors.length > 0 ? percent(spreadOf(errors).mean) : '–';
  },
];

const columns = {
  methods: [
    ...THRESHOLDS.map((accuracy): Column => [
      `rounds to ${accuracy}`,
      (records) => each(records.map((record) => roundsTo(record, accuracy))),
    ]),
    ...THRESHOLDS.map((accuracy): Column => [`bytes to ${accuracy}`, (records) => bytesCell(records, accuracy)]),
    ...finals,
    drop,
  ],
  large: [
    ['rounds to 0.80', (records) => each(records.map((record) => roundsTo(record, 0.8)))],
    ['rounds to 0.85', (records) => each(records.map((record) => roundsTo(record, 0.85)))],
    after(3),
    after(5),
    ...finals,
    perRound,
  ],
  course: [after(1), after(2), after(3), after(5), after(8), ...finals, drop],
  stability: [after(3), after(12), ...finals, drop, climb],
  exchanges: [kernelErrors, after(3), after(6), ...finals, perRound],
  conditions: [after(3), after(6), ...finals, perRound],
  // An average of all has the liars' weights in it.
  attacks: [['mean honest client, %', (records) => accuracyCell(records.map((record) => last(record).mean))]],
} as const satisfies Record<string, readonly Column[]>;

export type TableKind = keyof typeof columns;

/** The table of a study's rows, in the columns of its kind. */
export function table(kind: TableKind, rows: readonly Measured[]): string {
  if (rows.every(({ records }) => records.length === 0)) return 'not run';
  const used: readonly Column[] = columns[kind];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(['', 'runs', 'rounds', ...used.map(([title]) => title)]),
    line(['---', ...Array<string>(used.length + 2).fill('--:')]),
    ...rows.map(({ label, records }) =>
      line([
        label,
        String(records.length),
        String(records[0]?.rounds.length ?? '–'),
        ...used.map(([, cell]) => (records.length > 0 ? cell(records) : 'not run')),
      ]),
    ),
  ].join('\n');
}
