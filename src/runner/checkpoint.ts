/** The clients of an interrupted simulation, in a file that the same command finds again. */

import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import * as v from 'valibot';
import { snapshotSchema, type Snapshot } from '../client/snapshot.ts';
import type { Settings } from '../settings/settings.ts';
import { projectRoot } from '../datasets/paths.ts';

const FORMAT = 'sparkmesh-checkpoint/2\n';

/** A client's snapshot as it stands in the file. */
export const packSnapshot = (snapshot: Snapshot): Uint8Array<ArrayBuffer> => Uint8Array.from(serialize(snapshot));

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
    const name = createHash('sha256')
      .update(JSON.stringify([settings, clients, digest]))
      .digest('hex')
      .slice(0, 16);
    this.#file = join(folder, `${name}.checkpoint`);
    this.#clients = clients;
  }

  /** @returns the clients' snapshots by number; null where there are none, or none that can be used. */
  async load(): Promise<readonly Snapshot[] | null> {
    const bytes = await readFile(this.#file).catch(() => null);
    if (!bytes) return null;
    const read = v.safeParse(v.array(snapshotSchema), unpacked(bytes));
    return read.success && read.output.length === this.#clients ? read.output : null;
  }

  /**
   * Whole or not at all: an interruption leaves the one before.
   * @param packed the clients' snapshots by number.
   */
  async save(packed: readonly Uint8Array[]): Promise<void> {
    await mkdir(dirname(this.#file), { recursive: true });
    // Its own process's: another may be at the same simulation.
    const part = `${this.#file}.${process.pid}.part`;
    const file = await open(part, 'w');
    try {
      await file.write(FORMAT);
      for (const bytes of packed) {
        await file.write(Uint32Array.of(bytes.length));
        await file.write(bytes);
      }
    } finally {
      await file.close();
    }
    await rename(part, this.#file);
  }

  /** When the run is done, or is to start anew. */
  async remove(): Promise<void> {
    await rm(this.#file, { force: true });
  }
}

/** What `save` wrote, not yet checked; null where that cannot be. */
function unpacked(file: Buffer): unknown {
  if (file.toString('utf8', 0, FORMAT.length) !== FORMAT) return null;
  const snapshots: unknown[] = [];
  try {
    for (let at = FORMAT.length; at < file.length;) {
      const start = at + 4;
      at = start + file.readUInt32LE(at);
      snapshots.push(deserialize(file.subarray(start, at)));
    }
  } catch {
    return null;
  }
  return snapshots;
}
