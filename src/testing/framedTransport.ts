/** Frames over real channels between clients of one process: each message of a channel is a frame of the network below. */

import { ChunkError } from '../transport/chunks.ts';
import { FrameChannel } from '../transport/frameChannel.ts';
import { PeerLostError, type PeerId, type Transport, type TransportListener } from '../transport/transport.ts';

/** The transport over such channels. @param messages the network below, through which a test can send what is no message. */
export function framed(messages: Transport): Transport {
  const channels = new Map<PeerId, FrameChannel>();
  const offenders = new Set<PeerId>();
  let largest = 0;
  let listener: TransportListener = () => undefined;

  const open = (peer: PeerId) =>
    new FrameChannel(
      peer,
      { send: (message) => void messages.send(peer, message.slice()).catch(() => undefined), buffered: () => 0 },
      async (frame) => listener({ type: 'frame', peer, frame }),
      () => largest,
    );

  const receive = (peer: PeerId, message: Uint8Array) => {
    if (offenders.has(peer)) return;
    try {
      channels.get(peer)?.receive(message);
    } catch (error) {
      if (!(error instanceof ChunkError)) throw error;
      offenders.add(peer);
      void listener({ type: 'offence', peer, why: error.message });
    }
  };

  messages.listen((event) => {
    if (event.type === 'frame') return receive(event.peer, event.frame);
    if (event.type === 'open') channels.set(event.peer, open(event.peer));
    if (event.type === 'close') channels.get(event.peer)?.close(event.reason);
    if (event.type === 'close') channels.delete(event.peer);
    return listener(event);
  });

  return {
    ...messages,
    listen: (heard) => {
      listener = heard;
    },
    admit: (bytes) => {
      largest = Math.max(largest, bytes);
    },
    send: async (peer, frame) => {
      const channel = channels.get(peer);
      if (!channel) throw new PeerLostError(peer, 'no channel is open');
      await channel.send(frame);
    },
  };
}
