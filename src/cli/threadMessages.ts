import type { BackendWish } from '../backend/backend.ts';
import type { ClientCommand, ClientView } from '../client/view.ts';
import type { Settings } from '../settings/settings.ts';
import type { RemoteCall, RemoteReply } from '../transport/remote.ts';
import type { Presence } from '../transport/transport.ts';

/** What the simulator's main thread and its workers say to each other; `client` is a client's number. */

export type ToThread =
  | { readonly type: 'start'; readonly members: readonly Presence[]; readonly settings: Settings; readonly backend: BackendWish }
  | { readonly type: 'reply'; readonly client: number; readonly reply: RemoteReply }
  | { readonly type: 'command'; readonly client: number; readonly command: ClientCommand }
  | { readonly type: 'close' };

export type FromThread =
  | { readonly type: 'call'; readonly client: number; readonly call: RemoteCall }
  | { readonly type: 'view'; readonly client: number; readonly view: ClientView }
  | { readonly type: 'closed' };
