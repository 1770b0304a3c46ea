/** The targets of the comparison by name: met, missed or open, each with its figure. docs/RESULTS.md says what they are. */

import { megabytes, percent, points } from '../math/format.ts';
import { presets, type Algorithm } from '../settings/presets.ts';
import type { Settings } from '../settings/settings.ts';
import { attacks } from './attacks.ts';
import { recordsOf, type Measurements } from './findings.ts';
import { compared, type Skew } from './plan.ts';
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

/** The other federated methods. */
const rivals = compared.filter((algorithm) => algorithm !== 'sparkmesh' && algorithm !== 'centralised');

/** The other federated method that ends highest, or null while one of them has no runs. */
function bestRival(measurements: Measurements, study: string): { algorithm: Algorithm; accuracy: number } | null {
  const others = rivals.map((algorithm) => ({ algorithm, records: recordsOf(measurements, study, algorithm) }));
  if (!hasRuns(...others.map(({ records }) => records))) return null;
  return others
    .map(({ algorithm, records }) => ({ algorithm, accuracy: final(records) }))
    .reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
}

/** The final accuracy beside the best of the other federated methods. */
function highest(measurements: Measurements, skew: Skew): Verdict | null {
  const study = `methods-${skew}`;
  const ours = recordsOf(measurements, study, 'sparkmesh');
  const best = bestRival(measurements, study);
  if (!hasRuns(ours) || !best) return null;
  return {
    outcome: judge(final(ours) >= best.accuracy),
    figure: `${percent(final(ours))}; ${presets[best.algorithm].title} ${percent(best.accuracy)}`,
  };
}

/** Whether every run gets to an accuracy in so many rounds. */
function eachBy(ours: Runs, accuracy: number, most: number, measure: Measure = 'averaged'): Verdict | null {
  if (!hasRuns(ours)) return null;
  const reached = ours.map((record) => roundsTo(record, accuracy, measure));
  return {
    outcome: judge(reached.every((round) => round !== null && round <= most)),
    figure: reached.map((round) => round ?? '–').join(', '),
  };
}

/** The mean over the runs after a round, of the averaged model and of the clients' own. */
function accuracies(ours: Runs, round: number, least: { readonly averaged: number; readonly mean: number }): Verdict | null {
  if (!hasRuns(ours) || ours.some(({ rounds: all }) => all.length < round)) return null;
  const [averaged, mean] = (['averaged', 'mean'] as const).map((measure) => meanCurve(ours, measure)[round - 1]!);
  return {
    outcome: judge(averaged! >= least.averaged && mean! >= least.mean),
    figure: `${percent(averaged!)} and ${percent(mean!)}`,
  };
}

/** The federations of the stability table: those of one form of SPARKmesh, each beside another form's. */
function federations(measurements: Measurements, own: string, other: string): (readonly [ours: Runs, theirs: Runs])[] {
  const isOwn = new RegExp(`^${own}-\\d`);
  return (measurements.get('stability') ?? []).flatMap(({ condition: { name }, records }) =>
    isOwn.test(name) ? [[records, recordsOf(measurements, 'stability', name.replace(own, other))] as const] : [],
  );
}

/** How far the loss at the end is above its lowest, in the worst federation: the mean over its runs. */
function settles(measurements: Measurements, most: number): Verdict | null {
  const pairs = federations(measurements, 'sparkmesh', 'averaged');
  if (pairs.length === 0 || !hasRuns(...pairs.map(([ours]) => ours))) return null;
  const climbs = pairs.map(([ours]) => {
    const losses = ours.map(({ rounds: all }) => all.map(({ loss }) => loss));
    return spreadOf(losses.map((own) => own.at(-1)!)).mean / spreadOf(losses.map((own) => Math.min(...own))).mean - 1;
  });
  const worst = Math.max(...climbs);
  return { outcome: judge(worst <= most), figure: `${percent(worst)} above` };
}

/** The narrowest lead of one form of SPARKmesh over another after a round, by the averaged model, over all federations. */
function everywhereBeside(measurements: Measurements, own: string, other: string, round: number, most: number): Verdict | null {
  const pairs = federations(measurements, own, other);
  if (pairs.length === 0 || !hasRuns(...pairs.flat()) || pairs.flat(2).some(({ rounds: all }) => all.length < round)) return null;
  const at = (records: Runs) => meanCurve(records, 'averaged')[round - 1]!;
  const narrowest = Math.min(...pairs.map(([ours, theirs]) => at(ours) - at(theirs)));
  return { outcome: judge(narrowest >= -most), figure: leadText(narrowest) };
}

/** Whether a round's bytes are at most another method's, beside the rounds to an accuracy. */
function cheaply(ours: Runs, theirs: Runs, accuracy: number, most: number): Verdict | null {
  const reached = eachBy(ours, accuracy, most);
  if (!reached || !hasRuns(theirs)) return null;
  const perRound = (records: Runs) =>
    spreadOf(records.map((record) => bytesAfter(record, record.rounds.length) / record.rounds.length)).mean;
  const [own, other] = [perRound(ours), perRound(theirs)];
  return {
    outcome: judge(reached.outcome === 'met' && own <= other),
    figure: `${reached.figure}; ${megabytes(own, BYTES_DIGITS)} a round against ${megabytes(other, BYTES_DIGITS)}`,
  };
}

/** The accuracy after a round beside the best end of the other federated methods. */
function nearBest(measurements: Measurements, skew: Skew, round: number, most: number): Verdict | null {
  const study = `methods-${skew}`;
  const ours = recordsOf(measurements, study, 'sparkmesh');
  const best = bestRival(measurements, study);
  if (!hasRuns(ours) || !best || ours.some(({ rounds: all }) => all.length < round)) return null;
  const own = meanCurve(ours, 'averaged')[round - 1]!;
  return {
    outcome: judge(own >= best.accuracy - most),
    figure: `${percent(own)}; ${presets[best.algorithm].title} ${percent(best.accuracy)} at its end`,
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

/** What attacks cost the honest clients' own models, of what they come to where all are honest and mix by plain means: at most, by one rule. */
function standsAttacks(measurements: Measurements, rule: Settings['aggregation'], most: number): Verdict | null {
  const end = (name: string) => spreadOf(recordsOf(measurements, 'attacks', name).map(({ rounds: all }) => all.at(-1)!.mean)).mean;
  const lost = (mix: Settings['aggregation']) => attacks.map((attack) => end('mean-none') - end(`${mix}-${attack}`));
  const [ours, plain] = [lost(rule), lost('mean')];
  if (![...ours, ...plain].every(Number.isFinite)) return null;
  const worst = Math.max(...ours);
  const figure = `at most ${points(worst, 2)}; by plain means ${points(Math.min(...plain))} to ${points(Math.max(...plain))}`;
  return { outcome: judge(worst < most), figure };
}

const words: Readonly<Record<Outcome, string>> = { met: 'met', missed: '**missed**', open: 'open' };

/** Two cells of a table for each target, by its name. */
export function targets(measurements: Measurements): ReadonlyMap<string, string> {
  const at = (algorithm: Algorithm) => recordsOf(measurements, 'methods-0.1', algorithm);
  const own = at('sparkmesh');
  const plain = at('ntk-dfl');
  const published = at('ntk-dfl-published');
  const large = recordsOf(measurements, 'large', 'sparkmesh');
  const verdicts: Readonly<Record<string, Verdict | null>> = {
    'rounds-published': rounds(own, published, 1 / 3, 0.8),
    'rounds-dfedavgm': rounds(own, at('dfedavgm'), 1 / 10, 0.8),
    'clients-published': rounds(own, published, 1 / 5, 0.78, 'mean'),
    'rounds-0.80': eachBy(own, 0.8, 2),
    'rounds-0.82': eachBy(own, 0.82, 3),
    'rounds-0.84': eachBy(own, 0.84, 5),
    'clients-0.80': eachBy(own, 0.8, 4, 'mean'),
    end: accuracies(own, 15, { averaged: 0.852, mean: 0.838 }),
    'bytes-published': bytes(own, published, 0.4, 0.8),
    'rounds-0.5': eachBy(recordsOf(measurements, 'methods-0.5', 'sparkmesh'), 0.84, 4),
    'rounds-iid': eachBy(recordsOf(measurements, 'methods-iid', 'sparkmesh'), 0.84, 4),
    'end-iid': nearBest(measurements, 'iid', 10, 0.003),
    'large-rounds': eachBy(large, 0.85, 5),
    'large-end': accuracies(large, 8, { averaged: 0.862, mean: 0.827 }),
    'loss-settles': settles(measurements, 0.05),
    'averaged-everywhere': everywhereBeside(measurements, 'sparkmesh', 'averaged', 12, 0),
    'q8-everywhere': everywhereBeside(measurements, 'q8', 'sparkmesh', 15, 0.003),
    weights: cheaply(recordsOf(measurements, 'methods-0.1', 'weights'), at('dfedavg'), 0.79, 11),
    'bytes-dfedavg': bytes(own, at('dfedavg'), 1, 0.8),
    'highest-0.1': highest(measurements, '0.1'),
    'highest-0.5': highest(measurements, '0.5'),
    'highest-iid': highest(measurements, 'iid'),
    centralised: within(own, at('centralised'), 0.01),
    steady: steady(own, 5, 0.007),
    'never-behind': neverBehind(own, plain, 4, 0.005),
    'clients-ahead': clientsAhead(own, plain, 0.05),
    'sparkmesh-everywhere': everywhereAhead(measurements, 'sparkmesh'),
    'spark-everywhere': everywhereAhead(measurements, 'spark'),
    attacks: standsAttacks(measurements, 'nearest', 0.02),
  };
  return new Map(
    Object.entries(verdicts).map(([name, verdict]) => [name, verdict ? `${words[verdict.outcome]} | ${verdict.figure}` : 'not run | ']),
  );
}
