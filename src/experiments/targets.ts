import { presets } from '../settings/presets.ts';
import type { RunRecord } from './record.ts';
import { bytesTo, largestDrop, meanCurve, roundsTo, spreadOf } from './summary.ts';
import { megabytes, type Measured } from './tables.ts';

/** The targets of the comparison, each with its figure, met or missed. */

/** `open`: the other method's runs ended before they got there, too early to tell. */
type Outcome = 'met' | 'missed' | 'open';

interface Verdict {
  readonly target: string;
  /** Null where a run is missing. */
  readonly outcome: { readonly is: Outcome; readonly figure: string } | null;
}

const judge = (isMet: boolean): Outcome => (isMet ? 'met' : 'missed');

type Studies = ReadonlyMap<string, readonly Measured[]>;

function recordsOf(studies: Studies, study: string, algorithm: keyof typeof presets): readonly RunRecord[] {
  return studies.get(study)?.find(({ label }) => label === presets[algorithm].title)?.records ?? [];
}

interface Bounded {
  readonly value: number;
  /** Whether it is a lower bound only. */
  readonly isBound: boolean;
}

/** The mean over the runs; what was not reached counts as `otherwise`, so the mean is a lower bound. */
function meanOf(
  records: readonly RunRecord[],
  measure: (record: RunRecord) => number | null,
  otherwise: (record: RunRecord) => number,
): Bounded {
  const values = records.map((record) => measure(record) ?? otherwise(record));
  return { value: spreadOf(values).mean, isBound: records.some((record) => measure(record) === null) };
}

const rounded = ({ value, isBound }: Bounded) => `${isBound ? 'more than ' : ''}${value.toFixed(1)}`;

function comparison(own: Bounded, other: Bounded, most: number): Outcome {
  if (own.isBound) return 'missed';
  if (own.value <= most * other.value) return 'met';
  return other.isBound ? 'open' : 'missed';
}

function ratio(
  title: string,
  ours: readonly RunRecord[],
  theirs: readonly RunRecord[],
  most: number,
  measure: (record: RunRecord) => number | null,
): Verdict {
  if (ours.length === 0 || theirs.length === 0) return { target: title, outcome: null };
  const own = meanOf(ours, measure, ({ rounds }) => rounds.length);
  const other = meanOf(theirs, measure, ({ rounds }) => rounds.length);
  return { target: title, outcome: { is: comparison(own, other, most), figure: `${rounded(own)} against ${rounded(other)} rounds` } };
}

function bytesRatio(title: string, ours: readonly RunRecord[], theirs: readonly RunRecord[], most: number): Verdict {
  if (ours.length === 0 || theirs.length === 0) return { target: title, outcome: null };
  const total = ({ rounds }: RunRecord) => rounds.reduce((sum, { bytes }) => sum + bytes, 0);
  const own = meanOf(ours, (record) => bytesTo(record, 0.8), total);
  const other = meanOf(theirs, (record) => bytesTo(record, 0.8), total);
  const text = ({ value, isBound }: typeof own) => `${isBound ? 'more than ' : ''}${megabytes(value)}`;
  return { target: title, outcome: { is: comparison(own, other, most), figure: `${text(own)} against ${text(other)}` } };
}

const percent = (fraction: number) => `${(100 * fraction).toFixed(1)} %`;
const final = (records: readonly RunRecord[]) => spreadOf(records.map(({ rounds }) => rounds.at(-1)!.averaged)).mean;

/** From 3 x 50 to 40 x 200, α from 0.1 to IID: the narrowest lead over NTK-DFL with the same integrator. */
function everywhereAhead(studies: Studies, algorithm: 'sparkmesh' | 'spark'): Verdict {
  const target = `${presets[algorithm].title} behind NTK-DFL with the same integrator on no federation, 3 x 50 to 40 x 200, α = 0.1 to IID`;
  const { title } = presets['ntk-dfl'];
  const rows = ['stability', 'methods-0.1', 'methods-0.5', 'methods-iid'].map((study) => studies.get(study) ?? []);
  const pairs = rows.flatMap((study) =>
    study
      .filter(({ label }) => label === title || label.endsWith(`, ${title}`))
      .map(({ label, records }) => {
        const own = label.slice(0, -title.length) + presets[algorithm].title;
        return [study.find((row) => row.label === own)?.records ?? [], records] as const;
      }),
  );
  if (pairs.length === 0 || pairs.flat().some((records) => records.length === 0)) return { target, outcome: null };
  const narrowest = Math.min(...pairs.map(([ours, theirs]) => lead(ours, theirs)));
  return { target, outcome: { is: judge(narrowest >= 0), figure: `${(100 * narrowest).toFixed(1)} points ahead at the least` } };
}

/** Of the averaged model, after as many rounds of both. */
function lead(ours: readonly RunRecord[], theirs: readonly RunRecord[]): number {
  const own = meanCurve(ours, 'averaged');
  const other = meanCurve(theirs, 'averaged');
  const last = Math.min(own.length, other.length) - 1;
  return own[last]! - other[last]!;
}

function verdicts(studies: Studies): Verdict[] {
  const at = (algorithm: keyof typeof presets, study = 'methods-0.1') => recordsOf(studies, study, algorithm);
  const own = at('sparkmesh');
  const published = at('ntk-dfl-published');
  const strong = at('ntk-dfl');
  const missing = (target: string): Verdict => ({ target, outcome: null });
  const to80 = (record: RunRecord) => roundsTo(record, 0.8);

  const highest = ['0.1', '0.5', 'iid'].map((skew): Verdict => {
    const target = `highest final accuracy of all federated methods, ${skew === 'iid' ? 'IID' : `α = ${skew}`}`;
    const rivals = (['spark', 'ntk-dfl', 'ntk-dfl-published', 'dfedavg', 'dfedavgm', 'dpsgd'] as const).map((algorithm) => ({
      algorithm,
      records: at(algorithm, `methods-${skew}`),
    }));
    const ours = at('sparkmesh', `methods-${skew}`);
    if (ours.length === 0 || rivals.some(({ records }) => records.length === 0)) return missing(target);
    const best = rivals.reduce((a, b) => (final(b.records) > final(a.records) ? b : a));
    return {
      target,
      outcome: {
        is: judge(final(ours) >= final(best.records)),
        figure: `${percent(final(ours))}; ${presets[best.algorithm].title} ${percent(final(best.records))}`,
      },
    };
  });

  const centralised = at('centralised');
  const central = 'within 1 point of centralised training on the same data';
  const behind = 'averaged model never more than 0.5 points behind NTK-DFL with the same integrator, from round 4 on';
  const ahead = 'clients’ own mean at least 5 points ahead of NTK-DFL with the same integrator, in the last round';
  const steady = 'no drop of more than 1 point between rounds after round 5';
  const gaps = (measure: 'averaged' | 'mean') => {
    const theirs = meanCurve(strong, measure);
    return meanCurve(own, measure).map((accuracy, t) => accuracy - (theirs[t] ?? accuracy));
  };
  const hasBoth = own.length > 0 && strong.length > 0;
  const worst = hasBoth ? Math.min(...gaps('averaged').slice(3)) : 0;
  const inLast = hasBoth ? gaps('mean').at(-1)! : 0;
  const fall = own.length > 0 ? Math.max(...own.map((record) => largestDrop(record, 5))) : 0;
  const distance = own.length > 0 && centralised.length > 0 ? final(centralised) - final(own) : 0;

  return [
    ratio('0.80 in at most a third of the rounds of NTK-DFL as published', own, published, 1 / 3, to80),
    ratio('0.80 in at most a tenth of the rounds of DFedAvgM', own, at('dfedavgm'), 1 / 10, to80),
    ratio('the clients’ own mean 0.78 in at most a fifth of the rounds of NTK-DFL as published', own, published, 1 / 5, (record) =>
      roundsTo(record, 0.78, 'mean'),
    ),
    bytesRatio('total bytes to 0.80 at least 70 % below NTK-DFL as published, with the same exchange', own, published, 0.3),
    bytesRatio('total bytes to 0.80 below those of DFedAvg', own, at('dfedavg'), 1),
    ...highest,
    own.length > 0 && centralised.length > 0
      ? {
          target: central,
          outcome: {
            is: judge(distance <= 0.01),
            figure: `${percent(final(own))}; centralised after 40 rounds of 100 steps ${percent(final(centralised))}`,
          },
        }
      : missing(central),
    own.length > 0 && own[0]!.rounds.length > 5
      ? { target: steady, outcome: { is: judge(fall <= 0.01), figure: `${(100 * fall).toFixed(1)} points at most` } }
      : missing(steady),
    hasBoth
      ? { target: behind, outcome: { is: judge(worst >= -0.005), figure: `${(100 * worst).toFixed(1)} points at the worst round` } }
      : missing(behind),
    hasBoth ? { target: ahead, outcome: { is: judge(inLast >= 0.05), figure: `${(100 * inLast).toFixed(1)} points` } } : missing(ahead),
    everywhereAhead(studies, 'sparkmesh'),
    everywhereAhead(studies, 'spark'),
  ];
}

const words: Readonly<Record<Outcome, string>> = { met: 'met', missed: '**missed**', open: 'open: the other runs ended too early' };

export function targets(studies: Studies): string {
  return [
    '| target | | figure |',
    '| --- | --- | --- |',
    ...verdicts(studies).map(({ target, outcome }) =>
      outcome ? `| ${target} | ${words[outcome.is]} | ${outcome.figure} |` : `| ${target} | not run | |`,
    ),
  ].join('\n');
}
