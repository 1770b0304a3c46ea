import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import * as v from 'valibot';
import { snapshotSchema, type Snapshot } from '../client/snapshot.ts';
import type { Settings } from '../settings/settings.ts';
import { projectRoot } from './paths.ts';

/** The clients of an interrupted simulation, in a file that the same command finds again. */

const FORMAT = 'sparkmesh-checkpoint/1';

const checkpointSchema = v.strictObject({ format: v.literal(FORMAT), snapshots: v.array(snapshotSchema) });

export class Checkpoint {
  readonly #file: string;
  readonly #clients: number;

  /**
   * @param digest of the dataset, which may be packed anew between an interruption and the same command again.
   * @param intervalMs about how much work an interruption may cost.
   */
  constructor(
    settings: Settings,
    clients: number,
    digest = '',
    readonly intervalMs = 30_000,
    folder = join(projectRoot, '.cache', 'checkpoints'),
  ) {
    const name = createHash('sha256').update(JSON.stringify([settings, clients, digest])).digest('hex').slice(0, 16);
    this.#file = join(folder, `${name}.checkpoint`);
    this.#clients = clients;
  }

  /** @returns the clients' snapshots by number; null where there are none, or none that can be used. */
  async load(): Promise<readonly Snapshot[] | null> {
    const bytes = await readFile(this.#file).catch(() => null);
    if (!bytes) return null;
    const read = v.safeParse(checkpointSchema, valueOf(bytes));
    return read.success && read.output.snapshots.length === this.#clients ? read.output.snapshots : null;
  }

  /** Whole or not at all: an interruption leaves the one before. */
  async save(snapshots: readonly Snapshot[]): Promise<void> {
    await mkdir(dirname(this.#file), { recursive: true });
    await writeFile(`${this.#file}.part`, serialize({ format: FORMAT, snapshots }));
    await rename(`${this.#file}.part`, this.#file);
  }

  /** When the run is done, or is to start anew. */
  async remove(): Promise<void> {
    await rm(this.#file, { force: true });
  }
}

function valueOf(bytes: Buffer): unknown {
  try {
    return deserialize(bytes);
  } catch {
    return null;
  }
}
