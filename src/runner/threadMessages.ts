/** What the simulator's main thread and its workers say to each other; `client` is a client's number. */

import type { BackendWish } from '../backend/backend.ts';
import type { LearnedModel } from '../client/learned.ts';
import type { Resumption } from '../client/snapshot.ts';
import type { ClientCommand } from '../client/view.ts';
import type { ViewChanges } from '../client/viewChanges.ts';
import type { LogTopic } from '../log/log.ts';
import type { Settings } from '../settings/settings.ts';
import type { OwnRows } from '../task/ownRows.ts';
import type { RemoteCall, RemoteReply } from '../transport/remote.ts';
import type { Presence } from '../transport/transport.ts';

export type ToThread =
  | {
      readonly type: 'start';
      readonly members: readonly Presence[];
      readonly settings: Settings;
      /** Each member's own data; empty without a task. */
      readonly own: readonly OwnRows[];
      readonly backend: BackendWish;
      /** The weights of models that a run may go on from, by their digests. */
      readonly models: ReadonlyMap<string, Float32Array>;
      readonly log: readonly LogTopic[];
      /** Where each member goes on; empty at the beginning. */
      readonly resumptions: readonly Omit<Resumption, 'inputs'>[];
    }
  | { readonly type: 'reply'; readonly client: number; readonly reply: RemoteReply }
  | { readonly type: 'command'; readonly client: number; readonly command: ClientCommand }
  | { readonly type: 'hold'; readonly round: number | null }
  /** To be answered with a snapshot of each of the thread's clients. */
  | { readonly type: 'snapshot' }
  /** To be answered with what this client has learned. */
  | { readonly type: 'model'; readonly client: number }
  | { readonly type: 'close' };

export type FromThread =
  | { readonly type: 'call'; readonly client: number; readonly call: RemoteCall }
  | { readonly type: 'view'; readonly client: number; readonly changes: ViewChanges }
  /** By the clients' numbers, packed for the checkpoint. */
  | { readonly type: 'snapshots'; readonly snapshots: ReadonlyMap<number, Uint8Array> }
  | { readonly type: 'model'; readonly model: LearnedModel | null }
  | { readonly type: 'closed' };
