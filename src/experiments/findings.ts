/** What is on record of the declared studies and of the candidates. */

import type { Condition } from './condition.ts';
import { candidates, solverCandidates, TUNING_SEED, type Candidate } from './grids.ts';
import { studies, type Row } from './plan.ts';
import type { RunRecord } from './record.ts';
import type { Records } from './records.ts';
import type { Tried } from './tuning.ts';

export interface MeasuredRow extends Row {
  /** The runs on record, by seed. */
  readonly records: readonly RunRecord[];
}

/** The rows of each study by its name. */
export type Measurements = ReadonlyMap<string, readonly MeasuredRow[]>;

export interface Findings {
  readonly tuning: readonly Tried[];
  /** The candidates that have the whole kernel. */
  readonly solving: readonly Tried[];
  readonly studies: Measurements;
}

/**
 * Gathers what the documents show.
 * @param sized makes the condition that was run of the one declared.
 * @throws {RecordError} when a file of records cannot be understood.
 */
export async function gather(records: Records, sized: (condition: Condition) => Condition): Promise<Findings> {
  const measured = async (row: Row, seeds: readonly number[]): Promise<MeasuredRow> => {
    const runs = await Promise.all(seeds.map((seed) => records.find(sized(row.condition), seed)));
    return { ...row, records: runs.filter((run) => run !== null) };
  };
  const tried = (declared: readonly Candidate[]) =>
    Promise.all(declared.map(async (candidate) => ({ candidate, record: await records.find(sized(candidate.condition), TUNING_SEED) })));
  const rows = studies.map(
    async ({ name, seeds, rows: declared }) => [name, await Promise.all(declared.map((row) => measured(row, seeds)))] as const,
  );
  const [tuning, solving, byStudy] = await Promise.all([tried(candidates), tried(solverCandidates), Promise.all(rows)]);
  return { tuning, solving, studies: new Map(byStudy) };
}

/** The runs of a row on record: none where the study or the row is not there. */
export function recordsOf(measurements: Measurements, study: string, name: string): readonly RunRecord[] {
  return measurements.get(study)?.find(({ condition }) => condition.study === study && condition.name === name)?.records ?? [];
}
