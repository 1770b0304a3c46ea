/** All that the page needs of the client: one plain view to read, and commands to send. */

import type { Address } from './address.ts';
import type { BackendWish } from '../src/backend/backend.ts';
import type { Bookmark } from '../src/client/bookmark.ts';
import type { Examination } from '../src/client/examination.ts';
import type { LearnedModel } from '../src/client/learned.ts';
import type { KeepRequest, KeptDoor, KnockRequest } from '../src/client/door.ts';
import type { ClientCommand, ClientView } from '../src/client/view.ts';
import type { CatalogueEntry } from '../src/data/catalogue.ts';
import type { PackedInputs } from '../src/data/httpSource.ts';
import type { LogTopic } from '../src/log/log.ts';
import type { OwnRows } from '../src/task/ownRows.ts';
import type { Pairing } from '../src/transport/pair.ts';

/**
 * Whether the meeting point, where tabs find each other, can be reached: open channels live on without it. Where there is none, `local`,
 * tabs of this browser find each other.
 */
export type SignallingStatus = 'connecting' | 'connected' | 'lost' | 'local';

/** One participation in a room, from Join to Leave. */
export interface Session {
  /** The latest view, the same object until something changes; null until this client is in the room. */
  getView(): ClientView | null;
  signalling(): SignallingStatus;
  /** Without a meeting point, how far this device and the other are; null in a room. */
  pairing(): Pairing | null;
  /** Takes the answer of the other device. Rejects with a sentence for people. */
  answer(code: string): Promise<void>;
  /** Calls the listener after each change of the view, of the signalling or of the pairing; returns how to stop that. */
  subscribe(listener: () => void): () => void;
  command(command: ClientCommand): void;
  /** The federation's model where this client knows it, else its own; null where there is none yet. */
  model(): Promise<LearnedModel | null>;
  /** What those models make of the samples that are scored on here. */
  examine(): Promise<readonly Examination[]>;
  /** Has a model ready that a run may go on from. @param digest by which settings name it. */
  adopt(digest: string, weights: Float32Array): void;
  /** Learns from these rows where the room's task is the one that they were read for. */
  bring(rows: OwnRows): void;
  /** Leaves the room and frees everything. */
  leave(): void;
}

export interface JoinRequest {
  readonly room: string;
  /** Of a closed room; null for an open one. */
  readonly secret: string | null;
  /** Without a meeting point: with the offer of the device that invites, or null on that one; null in a room. */
  readonly pair: Address['pair'];
  readonly backend: BackendWish;
  /** What the console is told of. */
  readonly log: readonly LogTopic[];
  /** Where this tab was in the room's run and goes on; null to join afresh. */
  readonly bookmark: Bookmark | null;
}

/** Both sides of closed rooms' doors. */
export interface Doors {
  /** Whether this tab kept the room's door before it was loaded again. */
  keepsDoor(room: string): boolean;
  /** Keeps it from the room behind. Rejects with a sentence for people. */
  keepDoor(request: KeepRequest): Promise<KeptDoor>;
  /** The next door of the room is another. */
  forgetDoor(room: string): void;
  /** Asks at one; gives how to leave it. Rejects likewise. */
  knock(request: KnockRequest): Promise<() => void>;
}

export interface SessionFactory extends Doors {
  /** Reports how many clients are in the room, at once and as it changes, null when unknown, and who says so; returns how to stop that. */
  watch(room: string, secret: string | null, onCount: (present: number | null, signalling: SignallingStatus) => void): () => void;
  /** Where this tab was in a run of the room before it was loaded again; null where it was in none. */
  earlier(room: string): Promise<Bookmark | null>;
  join(request: JoinRequest): Session;
  /** What the server of this page has to learn from. Rejects with a sentence for people. */
  datasets(): Promise<readonly CatalogueEntry[]>;
  /** What one of them gives a model. Rejects likewise. */
  inputs(dataset: string): Promise<PackedInputs>;
}
