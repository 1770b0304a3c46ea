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
    const snapshots = bytes && readCheckpoint(bytes);
    return snapshots?.length === this.#clients ? snapshots : null;
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
      for (const bytes of checkpointParts(packed)) await file.write(bytes);
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

/** A file's bytes, part after part. @param packed the clients' snapshots by number. */
export function* checkpointParts(packed: readonly Uint8Array[]): Generator<Uint8Array> {
  yield new TextEncoder().encode(FORMAT);
  for (const bytes of packed) {
    yield new Uint8Array(Uint32Array.of(bytes.length).buffer);
    yield bytes;
  }
}

/** The clients' snapshots that a file of such parts has; null where it cannot be used. */
export function readCheckpoint(file: Uint8Array): readonly Snapshot[] | null {
  const read = v.safeParse(v.array(snapshotSchema), unpacked(Buffer.from(file.buffer, file.byteOffset, file.byteLength)));
  return read.success ? read.output : null;
}

/** What a file holds, not yet checked; null where that cannot be. */
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
