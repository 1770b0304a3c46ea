/**
 * A study's runs as JSON lines: first what they have in common, in full, then a line a run with what it changes of that (a merge
 * patch) and its rounds, a column a measure. A setting that is not there is younger than the run; defaults mean nothing here.
 */

import * as v from 'valibot';
import { settingsSchema } from '../settings/settings.ts';
import { complete } from './before.ts';
import { patchBetween, patched, type Fields } from './mergePatch.ts';
import type { RunRecord } from './record.ts';

/** A file of records says what no run can have been. The message is one sentence: where, what, and what to do. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
}

const fieldsSchema = v.record(v.string(), v.unknown());

/** What was run, but for the name and the seed. */
const setupSchema = v.strictObject({
  clients: v.number(),
  backend: v.string(),
  versions: v.record(v.string(), v.string()),
  settings: fieldsSchema,
});

const headSchema = v.strictObject({ base: setupSchema });

const columnSchema = v.array(v.number());

const lineSchema = v.pipe(
  v.strictObject({
    run: v.string(),
    seed: v.number(),
    changes: v.exactOptional(fieldsSchema, {}),
    /** Wall time of the whole run. */
    seconds: v.number(),
    kernelError: v.exactOptional(v.number()),
    averaged: columnSchema,
    mean: columnSchema,
    loss: columnSchema,
    bytes: columnSchema,
  }),
  v.check(
    ({ averaged, ...columns }) => [columns.mean, columns.loss, columns.bytes].every(({ length }) => length === averaged.length),
    'columns of the same length',
  ),
);

type Setup = v.InferOutput<typeof setupSchema>;

export interface RecordFile {
  readonly base: Setup;
  /** The runs by `keyOf`, in the order of the file, each with its line as it stands there. */
  readonly runs: ReadonlyMap<string, { readonly line: string; readonly record: RunRecord }>;
}

export const keyOf = (name: string, seed: number) => `${name} ${seed}`;

/**
 * Reads a study's file.
 * @param where the file's name, for messages.
 * @throws {RecordError} on the first line that is not as it should be.
 */
export function parseRecords(text: string, where: string): RecordFile {
  const lines = text.split('\n').filter((line) => line !== '');
  const read = <Output>(schema: v.GenericSchema<unknown, Output>, value: unknown, index: number): Output => {
    const result = v.safeParse(schema, value);
    if (result.success) return result.output;
    const [issue] = result.issues;
    const path = v.getDotPath(issue) ?? 'the line';
    const remedy =
      issue.received === 'undefined'
        ? 'say in before.ts what runs had before it was there, or remove the line'
        : 'correct the line or remove it';
    throw new RecordError(`${where}, line ${index + 1}: ${path} cannot be so (${issue.message}); ${remedy}.`);
  };
  const parse = (line: string, index: number): unknown => {
    try {
      return JSON.parse(line);
    } catch (error) {
      throw new RecordError(`${where}, line ${index + 1} is not JSON; correct the line or remove it.`, { cause: error });
    }
  };
  const { base } = read(headSchema, parse(lines[0] ?? 'null', 0), 0);
  const runs = lines.slice(1).map((line, k) => {
    const { run, seed, changes, averaged, mean, loss, bytes, ...measured } = read(lineSchema, parse(line, k + 1), k + 1);
    const setup = read(setupSchema, patched(base, changes), k + 1);
    const settings = read(settingsSchema, { ...complete(setup.settings), seed }, k + 1);
    const rounds = averaged.map((accuracy, t) => ({ averaged: accuracy, mean: mean[t]!, loss: loss[t]!, bytes: bytes[t]! }));
    return [keyOf(run, seed), { line, record: { ...setup, settings, ...measured, rounds } }] as const;
  });
  return { base, runs: new Map(runs) };
}

/** Adds a run to a study's file, in the place of an older one of its name and seed; the first run of a study is the base of the others. */
export function withRecord(file: RecordFile | null, name: string, record: RunRecord): RecordFile {
  const { settings: all, seconds, rounds, kernelError, ...others } = record;
  const { seed, ...settings } = all;
  const setup = { ...others, settings };
  const base = file?.base ?? setup;
  const changes: Fields = patchBetween(base, setup);
  const line = JSON.stringify({
    run: name,
    seed,
    ...(Object.keys(changes).length > 0 && { changes }),
    seconds,
    ...(kernelError !== undefined && { kernelError }),
    averaged: rounds.map(({ averaged }) => averaged),
    mean: rounds.map(({ mean }) => mean),
    loss: rounds.map(({ loss }) => loss),
    bytes: rounds.map(({ bytes }) => bytes),
  });
  return { base, runs: new Map([...(file?.runs ?? []), [keyOf(name, seed), { line, record }]]) };
}

export function recordsText({ base, runs }: RecordFile): string {
  return [JSON.stringify({ base }), ...[...runs.values()].map(({ line }) => line), ''].join('\n');
}
