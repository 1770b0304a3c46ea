import type { BackendWish } from '../backend/backend.ts';
import type { PeerId, Presence, TransportEvent } from '../transport/transport.ts';
import type { ConformanceCase } from './conformance.ts';
import type { RoundTrace } from './run.ts';
import type { ClientCommand, ClientView } from './view.ts';

/** What the page's main thread and the client's worker say to each other. Both come from one build, so nothing is validated. */

export type ToWorker =
  | {
      readonly type: 'start';
      readonly self: Presence;
      readonly backend: BackendWish;
      /** Where the packed datasets lie. */
      readonly dataUrl: string;
      /** A conformance case to run instead of a dataset, its arrays traced. */
      readonly conformance: ConformanceCase | null;
    }
  | { readonly type: 'event'; readonly event: TransportEvent }
  | { readonly type: 'command'; readonly command: ClientCommand }
  /** The outcome of the `send` with this id. */
  | { readonly type: 'sent'; readonly id: number; readonly lost: { readonly peer: PeerId; readonly reason: string } | null }
  | { readonly type: 'close' };

export type FromWorker =
  | { readonly type: 'view'; readonly view: ClientView }
  | { readonly type: 'want'; readonly peers: readonly PeerId[] }
  | { readonly type: 'send'; readonly id: number; readonly peer: PeerId; readonly frame: Uint8Array<ArrayBuffer> }
  | { readonly type: 'trace'; readonly trace: RoundTrace }
  /** Everything is freed; the worker may be terminated. */
  | { readonly type: 'closed' };
