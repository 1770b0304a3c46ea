/** Every state of the page with plausible data: six clients on a ring, this one number 3, unless a state says otherwise. */

import type { SignallingStatus } from '../../app/session.ts';
import type { Bookmark } from '../../src/client/bookmark.ts';
import { DivergenceError } from '../../src/client/run/finite.ts';
import type { ClientStatus, ClientView, OwnRound, PeerView, PhaseTimes, RoundSummary, ShareView } from '../../src/client/view.ts';
import type { CatalogueEntry } from '../../src/data/catalogue.ts';
import type { Caller } from '../../src/door/keeper.ts';
import type { Visit } from '../../src/door/visitor.ts';
import type { FromReader, KeptData } from '../../src/own/ownData.ts';
import type { Pairing } from '../../src/transport/pair.ts';
import { randomStream } from '../../src/math/random.ts';
import { defaultSettings, type Settings } from '../../src/settings/settings.ts';
import { clothesConfusion } from './learned.ts';
import { ownStates } from './ownStates.ts';
import { roomStates } from './roomStates.ts';

export type GalleryState =
  | {
      readonly kind: 'entrance';
      readonly present: number | null;
      readonly plain?: true;
      readonly closed?: true;
      readonly signalling?: SignallingStatus;
      readonly earlier?: Bookmark;
    }
  /**
   * @param message what reading a file says, if one is given.
   * @param found how many files have been found in a folder, if one is given.
   */
  | { readonly kind: 'own'; readonly kept: KeptData | null; readonly message: FromReader | null; readonly found?: number }
  | { readonly kind: 'model' }
  /** @param visit how far somebody called Anna is; null before she has asked. */
  | { readonly kind: 'door'; readonly visit: Visit | null }
  /** @param href a link that leads to no room. */
  | { readonly kind: 'bad'; readonly href: string }
  /**
   * @param press the name of a button that is pressed then.
   * @param before what was shown before, of a run that has ended.
   */
  | {
      readonly kind: 'joined';
      readonly view: ClientView | null;
      readonly signalling: SignallingStatus;
      /** Of two devices without a meeting point. */
      readonly pairing?: Pairing;
      readonly press?: string;
      /** Who asks at the room's door; it has none where this is absent. */
      readonly callers?: readonly Caller[];
      /** Without a door to it. */
      readonly closed?: true;
      /** The link of an open room, where it is another than usually. */
      readonly invitation?: string;
      readonly before?: ClientView;
      /** Own data in this browser. */
      readonly kept?: KeptData;
      /** Whether the room has been offered them. */
      readonly brought?: true;
    };

const SELF = 3;

const id = (number: number) => `peer${number}`;

const caller = (number: number, name: string): Caller => ({ id: id(number), name });

const earlier: Bookmark = {
  number: SELF,
  register: { version: 1, author: 'a', settings: { ...defaultSettings(), rounds: 20 }, run: null },
  round: 7,
  weights: new Float32Array(0),
  velocity: null,
  own: [],
  summaries: [],
  missedRounds: new Map(),
};

const phaseTimes = (round: number): PhaseTimes => ({
  mix: 420 + 31 * (round % 3),
  linearise: 870 + 57 * (round % 4),
  evolve: 1310 + 83 * (round % 5),
  step: 640 + 22 * (round % 2),
  evaluate: 280,
});

/** Accuracy that climbs from guessing towards `top`, with a client's own wobble. */
function climb(round: number, top: number, speed: number, wobble: number): number {
  return top - (top - 0.1) * Math.exp(-speed * (round + 1)) + wobble;
}

const score = (accuracy: number) => ({ accuracy, loss: 0.28 + 2.3 * (1 - accuracy) ** 1.25 });

function rounds(count: number, numbers: readonly number[]): { own: OwnRound[]; summaries: RoundSummary[] } {
  const random = randomStream(7, 'gallery');
  const offsets = new Map(numbers.map((number) => [number, 0.025 * random.normal()]));
  const own: OwnRound[] = [];
  const summaries: RoundSummary[] = [];
  for (let round = 0; round < count; round++) {
    const clients = numbers.map((number) => ({
      id: id(number),
      number,
      ...score(Math.min(0.95, climb(round, 0.79, 0.55, (offsets.get(number) ?? 0) + 0.016 * random.normal()))),
    }));
    const mean = clients.reduce((sum, { accuracy }) => sum + accuracy, 0) / clients.length;
    const bytesSent = round === 0 ? 1_120_000 : 874_000;
    const me = clients.find(({ number }) => number === SELF);
    own.push({
      round,
      score: score(me?.accuracy ?? mean),
      phases: phaseTimes(round),
      work: {},
      solver: { products: 18 + (round % 4), relativeGradient: 0.0083 },
      bytesSent,
      neighbours: [id(2), id(4)],
      missed: [],
    });
    summaries.push({
      round,
      averaged: score(climb(round, 0.845, 0.8, 0.006 * random.normal())),
      confusion: clothesConfusion(0.8),
      mean: score(mean),
      clients,
      bytesSent: bytesSent * numbers.length,
      seconds: 3.6,
    });
  }
  return { own, summaries };
}

const classNames = ['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'];
/** The classes of the images in `previews.png`, left to right. */
const previewLabels = [7, 8, 7, 0, 8, 7, 8, 7, 3, 8, 0, 7];
const SIDE = 28;

/** A share like one of α = 0.1, with the real images of `previews.png`. */
export async function loadShare(): Promise<ShareView> {
  const sheet = new Image();
  sheet.src = new URL('./previews.png', import.meta.url).href;
  await sheet.decode();
  const canvas = new OffscreenCanvas(sheet.width, SIDE);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('No 2-d canvas; the gallery needs one to read its images.');
  context.drawImage(sheet, 0, 0);
  const previews = previewLabels.map((label, k) => {
    const { data } = context.getImageData(k * SIDE, 0, SIDE, SIDE);
    return { label, pixels: Uint8Array.from({ length: SIDE * SIDE }, (_, i) => data[4 * i] ?? 0) };
  });
  return { kind: 'images', samples: 200, histogram: [31, 0, 2, 9, 0, 0, 1, 104, 53, 0], classNames, previews, width: SIDE, height: SIDE };
}

const pictures = { kind: 'images', width: SIDE, height: SIDE, classes: 10, trainSamples: 60_000, testSamples: 10_000 } as const;

/** What the server has. */
export const galleryDatasets: readonly CatalogueEntry[] = [
  { ...pictures, name: 'fashion-mnist' },
  { ...pictures, name: 'mnist' },
  { name: 'island-penguins', kind: 'table', width: 7, height: 1, classes: 40, trainSamples: 2831, testSamples: 500 },
];

/** A share of a table with many classes, most of them elsewhere. */
const tableShare: ShareView = {
  kind: 'table',
  samples: 120,
  histogram: Array.from({ length: 40 }, (_, k) => (k % 9 === 2 ? 20 + k : 0)),
  classNames: Array.from({ length: 40 }, (_, k) => (k === 2 ? 'Macaroni penguins of the northern islands' : `Colony ${k + 1}`)),
  previews: [],
  width: 7,
  height: 1,
};

interface Scene {
  readonly status: ClientStatus;
  /** Every client's number, this one's included. */
  readonly clients?: readonly number[];
  readonly finished?: number;
  readonly settings?: Partial<Settings>;
  readonly graph?: readonly (readonly [number, number])[];
}

function ring(numbers: readonly number[]): (readonly [number, number])[] {
  if (numbers.length < 3) return numbers.length === 2 ? [[numbers[0]!, numbers[1]!]] : [];
  return numbers.map((number, k) => [number, numbers[(k + 1) % numbers.length]!] as const);
}

const SIX = [0, 1, 2, 3, 4, 5] as const;

/** Of every run but one that is still to be chosen, unless its scene says otherwise. */
const ROUNDS = 20;

function view(share: ShareView, scene: Scene): ClientView {
  const { status, clients = SIX, finished = 0 } = scene;
  const graph = scene.graph ?? ring(clients);
  const moving = status.kind === 'running' || status.kind === 'paused';
  const begun = finished > 0 || moving;
  const settings = { ...defaultSettings(), ...((begun || status.kind === 'finished') && { rounds: ROUNDS }), ...scene.settings };
  const neighbours = new Set(graph.flatMap(([a, b]) => (a === SELF ? [b] : b === SELF ? [a] : [])));
  const peers = clients
    .filter((number) => number !== SELF)
    .map((number): PeerView => {
      const neighbour = neighbours.has(number);
      const traffic = neighbour ? finished + (begun ? 0.4 : 0) : 0;
      const sent: Record<string, number> =
        traffic > 0 ? { weights: 318_044 * traffic, inputs: 102_400, features: 40_000 * traffic, step: 79_000 * traffic } : {};
      return {
        id: id(number),
        number,
        channel: neighbour ? (begun || number % 2 === 0 ? 'open' : 'opening') : 'none',
        neighbour,
        readiness: { kind: 'ready' },
        activity: !moving || !neighbour ? 'idle' : number === Math.min(...neighbours) ? 'answered' : 'waiting',
        sent: Object.fromEntries(Object.entries(sent).map(([kind, bytes]) => [kind, Math.round(bytes)])),
        received: Object.fromEntries(Object.entries(sent).map(([kind, bytes]) => [kind, Math.round(1.01 * bytes)])),
        missedRounds: number === 4 && finished > 5 ? 1 : 0,
        holding: null,
      };
    });
  return {
    self: { id: id(SELF), number: SELF },
    status,
    settings,
    run: status.kind === 'running' || status.kind === 'paused' || status.kind === 'finished' ? 'run' : null,
    backend: { name: 'webgpu', adapter: 'apple metal-3', reason: 'WebGPU has a graphics processor here.' },
    share,
    scoredOn: settings.testSamples,
    scale: null,
    peers,
    graph: graph.map(([a, b]) => ({ a: id(a), b: id(b) })),
    round: Math.min(finished, settings.rounds - 1),
    phase: moving ? 'evolve' : null,
    ...rounds(finished, clients),
    averagedHere: [],
    alone: null,
    bytes: {
      training: peers.reduce((sum, { sent }) => sum + Object.values(sent).reduce((a, b) => a + b, 0), 0),
      evaluation: 159_000 * finished,
      control: 4_212,
    },
    notice: null,
  };
}

/** What all clients have had for so many rounds, as it was before. */
function unchanged(summaries: readonly RoundSummary[], count: number): RoundSummary[] {
  const last = summaries.at(-1 - count);
  return summaries.map((summary, t) => (last && t >= summaries.length - count ? { ...summary, averaged: last.averaged } : summary));
}

/** 24 clients, each with four neighbours. */
function crowd(): Pick<Scene, 'clients' | 'graph'> {
  const clients = Array.from({ length: 24 }, (_, k) => k);
  return { clients, graph: [...ring(clients), ...clients.map((k) => [k, (k + 7) % clients.length] as const)] };
}

const DIVERGED = new DivergenceError('The weights').message;

const running: Scene = { status: { kind: 'running' }, finished: 12 };

/** What a client has in no run. */
const leftRun = { run: null, phase: null, round: 0, own: [], summaries: [] } as const;

export function galleryStates(share: ShareView): Record<string, GalleryState> {
  const joined = (scene: Scene, change: Partial<ClientView> = {}, signalling: SignallingStatus = 'connected') => ({
    kind: 'joined' as const,
    view: { ...view(share, scene), ...change },
    signalling,
  });
  const lobby: Scene = { status: { kind: 'lobby' } };
  const over: Scene = { status: { kind: 'finished', why: 'reached' }, finished: ROUNDS };
  const leave = (peer: PeerView): PeerView => ({ ...peer, neighbour: false, channel: 'lost', activity: 'idle' });
  const fail = (peer: PeerView): PeerView => ({
    ...peer,
    readiness: { kind: 'failed', why: DIVERGED },
    neighbour: false,
    activity: 'idle',
  });
  const gone = view(share, running).peers.map(leave);
  return {
    ...ownStates(),
    unknown: { kind: 'entrance', present: null },
    nobody: { kind: 'entrance', present: 0 },
    visitor: { kind: 'entrance', present: 5 },
    serverless: { kind: 'entrance', present: 1, signalling: 'local' },
    reloaded: { kind: 'entrance', present: 4, earlier },
    plain: { kind: 'entrance', present: 2, plain: true },
    closed: { kind: 'entrance', present: 2, closed: true },
    closedByHttp: { kind: 'bad', href: 'http://192.168.1.20:8080/?closed=main#c2VjcmV0LW9mLWEtcm9vbQ' },
    door: { kind: 'door', visit: null },
    doorLooking: { kind: 'door', visit: { kind: 'looking' } },
    doorWaiting: { kind: 'door', visit: { kind: 'waiting' } },
    doorTurnedAway: { kind: 'door', visit: { kind: 'turnedAway' } },
    joining: { kind: 'joined', view: null, signalling: 'connecting' },
    unreachable: { kind: 'joined', view: null, signalling: 'lost' },
    preparing: joined(
      { status: { kind: 'preparing', step: 'Fetching Fashion-MNIST, part 3 of 8' }, clients: [SELF] },
      { share: null, backend: null },
    ),
    table: joined({ ...lobby, settings: { dataset: 'island-penguins' } }, { share: tableShare }),
    elsewhere: joined(
      {
        status: {
          kind: 'failed',
          message:
            'The server of this page has no dataset "rocks" (https://sparkmesh.example/data/rocks/); pack it there with ' +
            '`npm run prepare-data`, or choose another.',
        },
        settings: { dataset: 'rocks' },
      },
      { share: null },
    ),
    alone: joined({ ...lobby, clients: [SELF] }),
    lobby: joined(lobby),
    invite: { ...joined({ ...lobby, clients: [SELF] }), invitation: 'https://192.168.1.20:8080/?room=main', press: 'QR code' },
    inviteClosed: { ...joined({ ...lobby, clients: [SELF] }), closed: true, press: 'QR code' },
    doorKept: { ...joined(lobby), callers: [] },
    doorCallers: { ...joined(lobby), callers: [caller(1, 'Anna'), caller(2, 'Dr. Wolfeschlegelsteinhausenbergerdorff')] },
    browserLobby: joined(lobby, {}, 'local'),
    pairInvites: { ...joined({ status: { kind: 'lobby' }, clients: [SELF] }), pairing: { kind: 'offers', code: 'q'.repeat(620) } },
    pairInvited: { ...joined({ status: { kind: 'lobby' }, clients: [SELF] }), pairing: { kind: 'answers', code: 'a'.repeat(560) } },
    pairOver: { ...joined({ status: { kind: 'lobby' }, clients: [SELF] }), pairing: { kind: 'over', why: 'closed by the other end' } },
    random: joined({ ...lobby, settings: { topology: { kind: 'k-regular', degree: 3, changing: true }, exchange: 'exact' } }),
    gradient: joined({
      ...lobby,
      settings: { ...defaultSettings('dfedavgm'), topology: { kind: 'erdos-renyi', probability: 0.5, changing: false } },
    }),
    starting: joined({ status: { kind: 'running' } }, { phase: 'mix' }),
    running: joined(running),
    late: joined(running, {
      peers: view(share, running).peers.map((peer) => (peer.number === 4 ? { ...peer, activity: 'missed', missedRounds: 5 } : peer)),
    }),
    idle: joined(running, { summaries: unchanged(view(share, running).summaries, 6) }),
    classes: { ...joined(running), press: 'Classes' },
    mistakes: { ...joined(running), press: 'Mistakes' },
    model: { ...joined(running), press: 'Use it' },
    tableModel: { ...joined({ ...running, settings: { dataset: 'island-penguins' } }), press: 'Use it' },
    runs: {
      ...joined(running),
      before: {
        ...view(share, { status: { kind: 'finished', why: 'reached' }, finished: 17, settings: { rounds: 17, seed: 4 } }),
        run: 'earlier',
      },
      press: 'Runs',
    },
    otherData: {
      ...joined({ ...over, settings: { dataset: 'island-penguins' } }, { share: tableShare, run: 'earlier' }),
      before: { ...view(share, over), run: 'earlier' },
      press: 'Classes',
    },
    savedModel: { kind: 'model' },
    pair: joined({ ...running, clients: [SELF, 5], finished: 4 }),
    crowd: joined({ ...running, ...crowd(), settings: { topology: { kind: 'k-regular', degree: 4, changing: false } } }),
    broken: joined(running, {
      peers: view(share, running).peers.map((peer) => (peer.number === 5 ? fail(peer) : peer)),
      notice: `Client 5 has failed: ${DIVERGED}`,
    }),
    refused: joined(running, {
      peers: view(share, running).peers.map((peer) =>
        peer.number === 2 ? { ...peer, channel: 'lost', activity: 'missed', missedRounds: 2 } : peer,
      ),
      notice: 'Client 2 was disconnected: 32 of its frames cannot be used. The last: A frame is not as long as its header says.',
    }),
    waiting: joined(lobby, {
      peers: view(share, lobby).peers.map((peer) => (peer.number > 3 ? { ...peer, readiness: { kind: 'preparing' } } : peer)),
    }),
    deserted: joined({ ...running, graph: [] }, { peers: gone }),
    paused: joined({ ...running, status: { kind: 'paused' } }),
    reached: joined(over),
    missed: joined({ status: { kind: 'finished', why: 'missed' }, finished: 0 }),
    settled: joined({ status: { kind: 'finished', why: 'settled' }, finished: 12 }),
    stopped: joined({ status: { kind: 'finished', why: 'stopped' }, finished: 9 }),
    cutoff: joined(running, {}, 'lost'),
    ...roomStates(view(share, lobby), rounds(ROUNDS, SIX)),
    failed: {
      ...joined(running, {
        ...leftRun,
        status: { kind: 'failed', message: DIVERGED },
        peers: view(share, running).peers.map((peer) => ({ ...peer, activity: 'idle', missedRounds: 0 })),
      }),
      before: view(share, running),
    },
    fallback: joined(running, {
      backend: { name: 'wasm', adapter: '', reason: 'WebGPU failed here, so WebAssembly goes on.' },
      notice: 'The graphics processor failed; this client goes on with WebAssembly, which may be slower.',
    }),
  };
}
