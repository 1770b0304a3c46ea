/** The runs done so far, a file a study. */

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Condition } from './condition.ts';
import type { RunRecord } from './record.ts';
import { keyOf, parseRecords, recordsText, withRecord, type RecordFile } from './recordFile.ts';

export class Records {
  /** What has been read, by study. */
  readonly #files = new Map<string, Promise<RecordFile | null>>();

  constructor(private readonly folder: string) {}

  /**
   * Finds the run of a condition; what was run under other settings than are asked for does not count.
   * @returns null where there is none.
   * @throws {RecordError} when the study's file cannot be understood.
   */
  async find({ study, name, clients, settings }: Condition, seed: number): Promise<RunRecord | null> {
    if (!this.#files.has(study)) this.#files.set(study, this.#read(study));
    const record = (await this.#files.get(study))?.runs.get(keyOf(name, seed))?.record;
    return record?.clients === clients && isDeepStrictEqual(record.settings, { ...settings, seed }) ? record : null;
  }

  /** Keeps a run. It writes whole files only: an interruption leaves no half line. */
  async keep({ study, name }: Condition, record: RunRecord): Promise<void> {
    // Read again: another process may have kept runs since.
    const file = withRecord(await this.#read(study), name, record);
    const path = this.#path(study);
    await mkdir(this.folder, { recursive: true });
    await writeFile(`${path}.part`, recordsText(file), { flush: true });
    await rename(`${path}.part`, path);
    this.#files.set(study, Promise.resolve(file));
  }

  async #read(study: string): Promise<RecordFile | null> {
    const path = this.#path(study);
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw error;
    });
    return text === null ? null : parseRecords(text, path);
  }

  #path(study: string): string {
    return join(this.folder, `${study}.jsonl`);
  }
}
