/// <reference lib="webworker" />
import { movedBuffers, RemoteTransport, type RemoteCall, type RemoteReply } from '../transport/remote.ts';
import type { Presence } from '../transport/transport.ts';
import { WireEnd } from './wireEnd.ts';

/** The end of a way that goes through a worker, where a tab's client lives. */

export type ToWireWorker =
  | { readonly type: 'start'; readonly self: Presence }
  | { readonly type: 'transfer'; readonly size: number; readonly count: number }
  | RemoteReply;

export type FromWireWorker = { readonly type: 'open' } | { readonly type: 'measured'; readonly ms: number };

const post = (message: FromWireWorker | RemoteCall) => self.postMessage(message, message.type === 'send' ? movedBuffers(message) : []);

let transport: RemoteTransport | undefined;
let end: WireEnd | undefined;

function start(presence: Presence): RemoteTransport {
  const remote = new RemoteTransport(presence, post);
  remote.listen((event) => {
    if (event.type === 'presence') remote.want(event.members.flatMap(({ id }) => (id === presence.id ? [] : [id])));
    if (event.type === 'open') {
      end = new WireEnd((frames) => Promise.all(frames.map((frame) => remote.send(event.peer, frame))));
      post({ type: 'open' });
    }
    if (event.type === 'frame') end?.take(event.frame);
  });
  return remote;
}

self.onmessage = ({ data }: MessageEvent<ToWireWorker>) => {
  switch (data.type) {
    case 'start':
      transport = start(data.self);
      return;
    case 'transfer':
      void end?.transfer(data.size, data.count).then((ms) => post({ type: 'measured', ms }));
      return;
    default:
      transport?.take(data);
  }
};
