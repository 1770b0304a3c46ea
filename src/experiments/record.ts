import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { defaultSettings, settingsSchema, type Settings } from '../settings/settings.ts';
import type { Condition } from './condition.ts';

/** What is kept of one run: all that tables and figures are made of. */

const roundSchema = v.strictObject({
  /** Accuracy of the averaged model, and the clients' mean. */
  averaged: v.number(),
  mean: v.number(),
  /** Mean cross-entropy of the averaged model, nats. */
  loss: v.number(),
  /** Training bytes that all clients sent in this round. */
  bytes: v.number(),
});

const recordSchema = v.strictObject({
  clients: v.number(),
  /** A setting that is younger than the record had its default then. */
  settings: v.pipe(
    v.record(v.string(), v.unknown()),
    v.transform((settings) => ({ ...defaultSettings(), ...settings })),
    settingsSchema,
  ),
  versions: v.record(v.string(), v.string()),
  backend: v.string(),
  /** Wall time of the whole run. */
  seconds: v.number(),
  rounds: v.array(roundSchema),
  /** |K̂ - K| / |K| of a first kernel (`kernelError`). */
  kernelError: v.optional(v.number()),
});

export type RoundRecord = v.InferOutput<typeof roundSchema>;
export type RunRecord = v.InferOutput<typeof recordSchema>;

/** The runs done so far, a file each. What was run under other settings than are asked for now does not count. */
export class Records {
  constructor(private readonly folder: string) {}

  /** @returns null where there is none. */
  async find({ name, clients, settings: unseeded }: Condition, seed: number): Promise<RunRecord | null> {
    const settings = { ...unseeded, seed };
    const text = await readFile(this.#file(name, settings), 'utf8').catch(() => null);
    if (text === null) return null;
    const parsed = v.safeParse(recordSchema, JSON.parse(text));
    if (!parsed.success) return null;
    const record = parsed.output;
    return record.clients === clients && sameSettings(record.settings, settings) ? record : null;
  }

  /** Writes whole files only: an interruption leaves none half-written. */
  async keep(name: string, record: RunRecord): Promise<void> {
    const file = this.#file(name, record.settings);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(`${file}.part`, `${JSON.stringify(record)}\n`);
    await rename(`${file}.part`, file);
  }

  #file(name: string, { seed }: Settings): string {
    return join(this.folder, `${name}-${seed}.json`);
  }
}

/** A description of the preset's name is left out: only what changes a result counts. */
function sameSettings(a: Settings, b: Settings): boolean {
  const text = (settings: Settings) => JSON.stringify(v.parse(settingsSchema, settings));
  return text(a) === text(b);
}
