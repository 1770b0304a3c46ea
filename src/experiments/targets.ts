/** The targets of the comparison by name: met, missed or open, each with its figure. docs/RESULTS.md says what they are. */

import { megabytes, percent, points } from '../math/format.ts';
import { presets, type Algorithm } from '../settings/presets.ts';
import { recordsOf, type Measurements } from './findings.ts';
import type { Skew } from './plan.ts';
import type { RunRecord } from './record.ts';
import { bytesAfter, bytesTo, largestDrop, meanCurve, roundsTo, spreadOf, type Measure } from './summary.ts';
import { BYTES_DIGITS } from './tables.ts';

/** `open`: the other method's runs ended before they got there, too early to tell. */
type Outcome = 'met' | 'missed' | 'open';

interface Verdict {
  readonly outcome: Outcome;
  readonly figure: string;
}

type Runs = readonly RunRecord[];

const judge = (isMet: boolean): Outcome => (isMet ? 'met' : 'missed');

const hasRuns = (...all: readonly Runs[]) => all.every((records) => records.length > 0);

interface Bounded {
  readonly value: number;
  /** Whether it is a lower bound only. */
  readonly isBound: boolean;
}

/** The mean over the runs; what was not reached counts as `otherwise`, so the mean is a lower bound. */
function meanOf(records: Runs, measure: (record: RunRecord) => number | null, otherwise: (record: RunRecord) => number): Bounded {
  const values = records.map((record) => measure(record) ?? otherwise(record));
  return { value: spreadOf(values).mean, isBound: records.some((record) => measure(record) === null) };
}

/** Whether `own` is at most such a part of `other`. */
function comparison(own: Bounded, other: Bounded, most: number): Outcome {
  if (own.isBound) return 'missed';
  if (own.value <= most * other.value) return 'met';
  return other.isBound ? 'open' : 'missed';
}

const against = (own: Bounded, other: Bounded, text: (value: number) => string) =>
  [own, other].map(({ value, isBound }) => `${isBound ? '> ' : ''}${text(value)}`).join(' against ');

/** Compares the rounds to an accuracy. */
function rounds(ours: Runs, theirs: Runs, most: number, accuracy: number, measure: Measure = 'averaged'): Verdict | null {
  if (!hasRuns(ours, theirs)) return null;
  const mean = (records: Runs) =>
    meanOf(
      records,
      (record) => roundsTo(record, accuracy, measure),
      (record) => record.rounds.length,
    );
  const [own, other] = [mean(ours), mean(theirs)];
  return { outcome: comparison(own, other, most), figure: `${against(own, other, (value) => value.toFixed(1))} rounds` };
}

/** Compares the total bytes to an accuracy. */
function bytes(ours: Runs, theirs: Runs, most: number, accuracy: number): Verdict | null {
  if (!hasRuns(ours, theirs)) return null;
  const mean = (records: Runs) =>
    meanOf(
      records,
      (record) => bytesTo(record, accuracy),
      (record) => bytesAfter(record, record.rounds.length),
    );
  const [own, other] = [mean(ours), mean(theirs)];
  return { outcome: comparison(own, other, most), figure: against(own, other, (value) => megabytes(value, BYTES_DIGITS)) };
}

const final = (records: Runs) => spreadOf(records.map(({ rounds: all }) => all.at(-1)!.averaged)).mean;

const rivals = [
  'spark',
  'ntk-dfl',
  'ntk-dfl-fixed',
  'ntk-dfl-published',
  'dfedavg',
  'dfedavgm',
  'dpsgd',
] as const satisfies readonly Algorithm[];

/** The final accuracy beside the best of the other federated methods. */
function highest(measurements: Measurements, skew: Skew): Verdict | null {
  const study = `methods-${skew}`;
  const ours = recordsOf(measurements, study, 'sparkmesh');
  const others = rivals.map((algorithm) => ({ algorithm, records: recordsOf(measurements, study, algorithm) }));
  if (!hasRuns(ours, ...others.map(({ records }) => records))) return null;
  const best = others.reduce((a, b) => (final(b.records) > final(a.records) ? b : a));
  return {
    outcome: judge(final(ours) >= final(best.records)),
    figure: `${percent(final(ours))}; ${presets[best.algorithm].title} ${percent(final(best.records))}`,
  };
}

/** How far the final accuracy is below another's at most. */
function within(ours: Runs, theirs: Runs, most: number): Verdict | null {
  if (!hasRuns(ours, theirs)) return null;
  return {
    outcome: judge(final(theirs) - final(ours) <= most),
    figure: `${percent(final(ours))} against ${percent(final(theirs))}`,
  };
}

/** The largest drop after a round. */
function steady(ours: Runs, from: number, most: number): Verdict | null {
  if (!hasRuns(ours) || ours.some(({ rounds: all }) => all.length <= from)) return null;
  const fall = Math.max(...ours.map((record) => largestDrop(record, from)));
  return { outcome: judge(fall <= most), figure: `${points(fall)} points` };
}

/** A lead over another method in words: a lag is one that says so. */
const leadText = (lead: number) => `${points(Math.abs(lead))} points ${lead < 0 ? 'behind' : 'ahead'}`;

/** The lead after each round that both have run. */
function leads(ours: Runs, theirs: Runs, measure: Measure): number[] {
  const other = meanCurve(theirs, measure);
  return meanCurve(ours, measure)
    .slice(0, other.length)
    .map((accuracy, t) => accuracy - other[t]!);
}

/** The smallest lead of the averaged model from a round on. */
function neverBehind(ours: Runs, theirs: Runs, from: number, most: number): Verdict | null {
  const later = hasRuns(ours, theirs) ? leads(ours, theirs, 'averaged').slice(from - 1) : [];
  if (later.length === 0) return null;
  const smallest = Math.min(...later);
  return { outcome: judge(smallest >= -most), figure: leadText(smallest) };
}

/** The clients' own lead in the last round. */
function clientsAhead(ours: Runs, theirs: Runs, least: number): Verdict | null {
  if (!hasRuns(ours, theirs)) return null;
  const last = leads(ours, theirs, 'mean').at(-1)!;
  return { outcome: judge(last >= least), figure: leadText(last) };
}

/** From 3 x 50 to 40 x 200, α from 0.1 to IID: the narrowest lead over NTK-DFL with the same integrator. */
function everywhereAhead(measurements: Measurements, algorithm: 'sparkmesh' | 'spark'): Verdict | null {
  const pairs = ['stability', 'methods-0.1', 'methods-0.5', 'methods-iid'].flatMap((study) =>
    (measurements.get(study) ?? [])
      .filter(({ condition }) => condition.settings.algorithm === 'ntk-dfl')
      .map(({ condition: { name }, records }) => {
        const own = recordsOf(measurements, study, name.replace('ntk-dfl', algorithm));
        return [own, records] as const;
      }),
  );
  if (pairs.length === 0 || !hasRuns(...pairs.flat())) return null;
  const narrowest = Math.min(...pairs.map(([ours, theirs]) => leads(ours, theirs, 'averaged').at(-1)!));
  return { outcome: judge(narrowest >= 0), figure: leadText(narrowest) };
}

const words: Readonly<Record<Outcome, string>> = { met: 'met', missed: '**missed**', open: 'open' };

/** Two cells of a table for each target, by its name. */
export function targets(measurements: Measurements): ReadonlyMap<string, string> {
  const at = (algorithm: Algorithm) => recordsOf(measurements, 'methods-0.1', algorithm);
  const own = at('sparkmesh');
  const plain = at('ntk-dfl');
  const published = at('ntk-dfl-published');
  const verdicts: Readonly<Record<string, Verdict | null>> = {
    'rounds-published': rounds(own, published, 1 / 3, 0.8),
    'rounds-dfedavgm': rounds(own, at('dfedavgm'), 1 / 10, 0.8),
    'clients-published': rounds(own, published, 1 / 5, 0.78, 'mean'),
    'bytes-published': bytes(own, published, 0.3, 0.8),
    'bytes-dfedavg': bytes(own, at('dfedavg'), 1, 0.8),
    'highest-0.1': highest(measurements, '0.1'),
    'highest-0.5': highest(measurements, '0.5'),
    'highest-iid': highest(measurements, 'iid'),
    centralised: within(own, at('centralised'), 0.01),
    steady: steady(own, 5, 0.01),
    'never-behind': neverBehind(own, plain, 4, 0.005),
    'clients-ahead': clientsAhead(own, plain, 0.05),
    'sparkmesh-everywhere': everywhereAhead(measurements, 'sparkmesh'),
    'spark-everywhere': everywhereAhead(measurements, 'spark'),
  };
  return new Map(
    Object.entries(verdicts).map(([name, verdict]) => [name, verdict ? `${words[verdict.outcome]} | ${verdict.figure}` : 'not run | ']),
  );
}
