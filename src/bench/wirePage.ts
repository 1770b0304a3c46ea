/**
 * One of the two tabs between which `npm run bench:wire` measures: over a bare data channel, over this project's transport on the
 * page, and over the same used from a worker, as a client does.
 */

import { signallingUrl } from '../signalling/client.ts';
import { PAUSE_BYTES, RESUME_BYTES } from '../transport/frameChannel.ts';
import { movedBuffers, serveTransport, type RemoteCall } from '../transport/remote.ts';
import type { Transport } from '../transport/transport.ts';
import { joinRoom } from '../transport/webrtc.ts';
import type {} from './benchGlobals.ts';
import { WireEnd } from './wireEnd.ts';
import type { Way } from './wireReport.ts';
import type { FromWireWorker, ToWireWorker } from './wireWorker.ts';

type Ends = Record<Way, (size: number, count: number) => Promise<number>>;
const ends: Partial<Ends> = {};

const opened = (channel: RTCDataChannel) => new Promise<void>((resolve) => (channel.onopen = () => resolve()));

/** Measures over bare messages of a plain channel, kept as full as the transport keeps its own. */
function useBare(channel: RTCDataChannel): void {
  channel.binaryType = 'arraybuffer';
  channel.bufferedAmountLowThreshold = RESUME_BYTES;
  const end = new WireEnd(async (messages) => {
    for (const message of messages) {
      while (channel.bufferedAmount > PAUSE_BYTES) {
        await new Promise<void>((resolve) => channel.addEventListener('bufferedamountlow', () => resolve(), { once: true }));
      }
      channel.send(message);
    }
  });
  channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => end.take(new Uint8Array(data));
  ends.bare = (size, count) => end.transfer(size, count);
}

const bare = new RTCPeerConnection({ iceServers: [] });
let bareOpen = Promise.resolve();

/** With all candidates in it. */
async function localDescription(): Promise<string> {
  if (bare.iceGatheringState !== 'complete') {
    await new Promise<void>((resolve) => {
      bare.onicegatheringstatechange = () => bare.iceGatheringState === 'complete' && resolve();
    });
  }
  return JSON.stringify(bare.localDescription);
}

async function offer(): Promise<string> {
  const channel = bare.createDataChannel('bare');
  bareOpen = opened(channel);
  useBare(channel);
  await bare.setLocalDescription();
  return localDescription();
}

async function answer(theirs: string): Promise<string> {
  bare.ondatachannel = ({ channel }) => useBare(channel);
  await bare.setRemoteDescription(JSON.parse(theirs));
  await bare.setLocalDescription();
  return localDescription();
}

async function accept(theirs: string): Promise<void> {
  await bare.setRemoteDescription(JSON.parse(theirs));
  await bareOpen;
}

function usePage(transport: Transport): Promise<void> {
  return new Promise((resolve) => {
    let end: WireEnd | undefined;
    transport.listen((event) => {
      if (event.type === 'presence') transport.want(event.members.flatMap(({ id }) => (id === transport.self.id ? [] : [id])));
      if (event.type === 'open') {
        const made = new WireEnd((frames) => Promise.all(frames.map((frame) => transport.send(event.peer, frame))));
        end = made;
        ends.page = (size, count) => made.transfer(size, count);
        resolve();
      }
      if (event.type === 'frame') end?.take(event.frame);
    });
  });
}

function useWorker(transport: Transport): Promise<void> {
  const worker = new Worker(new URL('./wireWorker.ts', import.meta.url), { type: 'module' });
  const post = (message: ToWireWorker, moved: ArrayBuffer[] = []) => worker.postMessage(message, moved);
  post({ type: 'start', self: transport.self });
  const serve = serveTransport(transport, (reply) => post(reply, movedBuffers(reply)));
  return new Promise((resolve) => {
    let measured: (ms: number) => void = () => undefined;
    worker.onmessage = ({ data }: MessageEvent<FromWireWorker | RemoteCall>) => {
      if (data.type === 'measured') return measured(data.ms);
      if (data.type !== 'open') return serve(data);
      ends.worker = (size, count) => {
        post({ type: 'transfer', size, count });
        return new Promise((settle) => (measured = settle));
      };
      resolve();
    };
  });
}

globalThis.wireBench = {
  async join(room) {
    const url = signallingUrl(location.origin);
    await Promise.all([
      joinRoom({ signallingUrl: url, room: `${room}-page` }).then(usePage),
      joinRoom({ signallingUrl: url, room: `${room}-worker` }).then(useWorker),
    ]);
  },
  offer,
  answer,
  accept,
  transfer(way, size, count) {
    const transfer = ends[way];
    if (!transfer) throw new Error(`The way "${way}" is not open yet.`);
    return transfer(size, count);
  },
};
