/** The single numbers that sentences of docs/RESULTS.md quote, by name. */

import { points } from '../math/format.ts';
import { recordsOf, type Findings, type Measurements } from './findings.ts';
import { TUNING_SEED } from './grids.ts';
import { bytesTo, largestDrop, meanCurve, spreadOf } from './summary.ts';
import { largestGain } from './tuning.ts';

const NONE = '–';

const orNone = <T>(value: T | null, text: (value: T) => string) => (value === null ? NONE : text(value));

/** Every set of versions and backend that a run on record had. */
function versions({ studies }: Findings): string {
  const all = [...studies.values()].flat().flatMap(({ records }) => records);
  const seen = new Set(
    all.map(({ versions: own, backend }) => [...Object.entries(own).map(([name, version]) => `${name} ${version}`), backend].join(', ')),
  );
  return [...seen].join('; ') || NONE;
}

/** The largest drop of a row's averaged model after round 5, in points. */
function dropOf(studies: Measurements, study: string, name: string): string {
  const records = recordsOf(studies, study, name);
  return records.length > 0 ? points(Math.max(...records.map((record) => largestDrop(record, 5)))) : NONE;
}

/** The part of the bytes to 0.82 that 8-bit numbers save over half floats, on the seeds where both get there. */
function savedBy8Bits(studies: Measurements): number | null {
  const [eight, half] = (['q8', 'f16'] as const).map((form) => recordsOf(studies, 'wire', `sparkmesh-${form}`));
  const pairs = (eight ?? []).flatMap((record) => {
    const other = half?.find(({ settings }) => settings.seed === record.settings.seed);
    const [own, theirs] = [bytesTo(record, 0.82), other ? bytesTo(other, 0.82) : null];
    return own !== null && theirs !== null ? [{ own, theirs }] : [];
  });
  if (pairs.length === 0) return null;
  return 1 - spreadOf(pairs.map(({ own }) => own)).mean / spreadOf(pairs.map(({ theirs }) => theirs)).mean;
}

/** The final lead of SPARKmesh's averaged model over NTK-DFL's on a graph. */
function leadOn(studies: Measurements, graph: string): number | null {
  const [own, plain] = (['sparkmesh', 'ntk-dfl'] as const).map((form) => recordsOf(studies, 'topologies', `${form}-${graph}`));
  if (!own?.length || !plain?.length) return null;
  return meanCurve(own, 'averaged').at(-1)! - meanCurve(plain, 'averaged').at(-1)!;
}

export function values(findings: Findings): ReadonlyMap<string, string> {
  const { studies, tuning } = findings;
  return new Map([
    ['versions', versions(findings)],
    ['tuning-seed', String(TUNING_SEED)],
    ['largest-gain', orNone(largestGain(tuning), (gain) => points(gain))],
    ['drop-ntk-dfl-160', dropOf(studies, 'ablation', 'ntk-dfl-160')],
    ['drop-ntk-dfl-80', dropOf(studies, 'ablation', 'ntk-dfl-80')],
    ['drop-spark-80', dropOf(studies, 'ablation', 'spark-80')],
    ['drop-averaged-80', dropOf(studies, 'ablation', 'averaged-80')],
    ['saved-by-8-bits', orNone(savedBy8Bits(studies), (part) => points(part, 0))],
    ['lead-full', orNone(leadOn(studies, 'full'), (lead) => points(lead))],
    ['lead-star', orNone(leadOn(studies, 'star'), (lead) => points(lead))],
  ]);
}
