/** The page's end of one client: WebRTC and signalling here on the main thread, everything else in its worker. */
import { fetchCatalogue, fetchInputs } from '../data/httpSource.ts';
import type { LogTopic } from '../log/log.ts';
import type { SignallingState } from '../signalling/client.ts';
import { RoomSeal } from '../signalling/seal.ts';
import type { OwnRows } from '../task/ownRows.ts';
import type { PairTransport, Pairing } from '../transport/pair.ts';
import { randomId } from '../transport/randomId.ts';
import { movedBuffers, serveTransport, type RemoteCall } from '../transport/remote.ts';
import type { Transport } from '../transport/transport.ts';
import { joinRoom, watchRoom } from '../transport/webrtc.ts';
import { TAB_NAME, type JoinRequest } from './automation.ts';
import type { Bookmark } from './bookmark.ts';
import type { ConformanceCase } from './conformance.ts';
import { consoleLog } from './consoleLog.ts';
import type { KeepRequest, KnockRequest } from './door.ts';
import type { Examination } from './examination.ts';
import { forgetDoor, keepsDoor } from './keptDoor.ts';
import type { LearnedModel } from './learned.ts';
import { findSignalling, iceServers } from './meeting.ts';
import type { RoundTrace } from './trace.ts';
import { emptyView, type ClientCommand, type ClientView } from './view.ts';
import { changedView } from './viewChanges.ts';
import type { FromWorker, ToWorker } from './workerMessages.ts';

type SignallingStatus = 'connecting' | SignallingState;

/** What this tab is called in the browser's store. */
function tabName(): string {
  const fresh = randomId();
  try {
    const name = sessionStorage.getItem(TAB_NAME) ?? fresh;
    sessionStorage.setItem(TAB_NAME, name);
    return name;
  } catch {
    // A browser that keeps nothing finds nothing again either.
    return fresh;
  }
}

/** Where the packed datasets lie. */
const dataUrl = () => new URL('data/', document.baseURI);

function post(worker: Worker, message: ToWorker): void {
  worker.postMessage(message, message.type === 'event' || message.type === 'sent' ? movedBuffers(message) : []);
}

class BrowserSession {
  /** One trace a round, when a conformance case is run: of the latest. */
  readonly traces: RoundTrace[] = [];
  readonly #listeners = new Set<() => void>();
  /** Those who have asked for the model, first come first served. */
  readonly #asked: ((model: LearnedModel | null) => void)[] = [];
  /** And those who have asked what the models make of the samples that are scored on. */
  readonly #examiners: ((examinations: readonly Examination[]) => void)[] = [];
  #view: ClientView | null = null;
  #signalling: SignallingStatus = 'connecting';
  #pairing: Pairing | null = null;
  #transport: Transport | null = null;
  #pair: PairTransport | null = null;
  #worker: Worker | null = null;
  /** Brought before there is a worker. */
  #rows: OwnRows | null = null;
  #left = false;

  constructor(request: JoinRequest) {
    this.#join(request).catch((error: unknown) => this.#fail(error instanceof Error ? error.message : String(error)));
  }

  getView(): ClientView | null {
    return this.#view;
  }

  /** This client's number, as soon as it is in the room, and before its worker has told anything; null before. */
  number(): number | null {
    return this.#transport?.self.number ?? null;
  }

  signalling(): SignallingStatus {
    return this.#signalling;
  }

  pairing(): Pairing | null {
    return this.#pairing;
  }

  async answer(code: string): Promise<void> {
    await this.#pair?.takeAnswer(code);
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  command(command: ClientCommand): void {
    if (this.#worker) post(this.#worker, { type: 'command', command });
  }

  /** Learns from these rows where the room's task is the one that they were read for. */
  bring(rows: OwnRows): void {
    this.#rows = this.#worker ? null : rows;
    if (this.#worker) post(this.#worker, { type: 'bring', rows });
  }

  /** Has another conformance case ready to be configured, and forgets what was traced of those before. */
  addCase(given: ConformanceCase): void {
    this.traces.length = 0;
    if (this.#worker) post(this.#worker, { type: 'case', given });
  }

  /** Has a model ready that a run may go on from. @param digest by which settings name it. */
  adopt(digest: string, weights: Float32Array): void {
    if (this.#worker) post(this.#worker, { type: 'adopt', digest, weights });
  }

  /** The federation's model where this client knows it, else its own; null where there is none yet. */
  model(): Promise<LearnedModel | null> {
    const worker = this.#worker;
    if (!worker) return Promise.resolve(null);
    return new Promise((resolve) => {
      this.#asked.push(resolve);
      post(worker, { type: 'model' });
    });
  }

  /** What the federation's model, where this client knows it, and its own make of the samples that are scored on here. */
  examine(): Promise<readonly Examination[]> {
    const worker = this.#worker;
    if (!worker) return Promise.resolve([]);
    return new Promise((resolve) => {
      this.#examiners.push(resolve);
      post(worker, { type: 'examine' });
    });
  }

  leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.#transport?.close();
    this.#transport = null;
    if (this.#worker) post(this.#worker, { type: 'close' });
    this.#listeners.clear();
  }

  async #join(request: JoinRequest): Promise<void> {
    const { room, backend, log = [], conformance, bookmark = null } = request;
    const transport = await (request.pair ? this.#pairUp(request.pair.offer, log) : this.#enter(request));
    if (this.#left) return transport.close();
    this.#transport = transport;
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    this.#worker = worker;
    worker.onerror = ({ message }) => this.#fail(`What computes in this tab has stopped (${message}); reload the tab.`);
    const place = { tab: tabName(), room };
    const { self } = transport;
    post(worker, { type: 'start', self, backend, dataUrl: dataUrl().href, conformance: conformance ?? null, log, place, bookmark });
    if (this.#rows) this.bring(this.#rows);
    const serve = serveTransport(transport, (reply) => post(worker, reply));
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#receive(worker, serve, data);
  }

  #enter({ room, secret = null, log = [], bookmark = null }: JoinRequest): Promise<Transport> {
    return joinRoom({
      signallingUrl: findSignalling(),
      room,
      number: bookmark?.number ?? null,
      secret,
      iceServers,
      log: consoleLog(log),
      onSignalling: (state) => {
        this.#signalling = state;
        this.#changed();
      },
    });
  }

  async #pairUp(offer: string | null, log: readonly LogTopic[]): Promise<Transport> {
    // Most tabs have a meeting point.
    const { pairUp } = await import('../transport/pair.ts');
    this.#signalling = 'connected';
    this.#pair = await pairUp({
      offer,
      iceServers,
      log: consoleLog(log),
      onPairing: (pairing) => {
        this.#pairing = pairing;
        this.#changed();
      },
    });
    return this.#pair;
  }

  #receive(worker: Worker, serve: (call: RemoteCall) => void, message: FromWorker): void {
    switch (message.type) {
      case 'view':
        this.#view = changedView(this.#view, message.changes);
        return this.#changed();
      case 'trace':
        this.traces.push(message.trace);
        return;
      case 'model':
        return this.#asked.shift()?.(message.model);
      case 'examined':
        return this.#examiners.shift()?.(message.examinations);
      case 'closed':
        return worker.terminate();
      default:
        return serve(message);
    }
  }

  #fail(message: string): void {
    const status = { kind: 'failed', message } as const;
    this.#view = { ...(this.#view ?? emptyView), status };
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

function join(request: JoinRequest): BrowserSession {
  const session = new BrowserSession(request);
  window.sparkmesh.session = session;
  return session;
}

/** Follows how many are in a room; a closed one's name at the server is known only after a moment. @returns ends it. */
function watch(room: string, secret: string | null, onCount: Parameters<typeof watchRoom>[2]): () => void {
  if (secret === null) return watchRoom(findSignalling(), room, onCount);
  let isOver = false;
  let end = () => {
    isOver = true;
  };
  void RoomSeal.of(room, secret).then(({ address }) => {
    if (!isOver) end = watchRoom(findSignalling(), address, onCount);
  });
  return () => end();
}

/** Where this tab was in a run of the room before it was loaded again; null where it was in none, or its browser keeps nothing. */
async function earlier(room: string): Promise<Bookmark | null> {
  try {
    // Most tabs are here for the first time, and need nothing of what finds it.
    const tab = sessionStorage.getItem(TAB_NAME);
    if (tab === null) return null;
    const { findBookmark } = await import('./bookmarkStore.ts');
    return await findBookmark({ tab, room });
  } catch {
    return null;
  }
}

/** Makes `window.sparkmesh`, through which the command line drives a tab. */
export function installAutomation(): void {
  window.sparkmesh = { session: null, join };
}

/** The sessions of this tab, as the page wants them. */
export const browserSessions = {
  watch,
  earlier,
  join,
  keepsDoor,
  forgetDoor,
  // Most rooms have no door.
  keepDoor: async (request: KeepRequest) => (await import('./door.ts')).keepDoor(request),
  knock: async (request: KnockRequest) => (await import('./door.ts')).knock(request),
  datasets: () => fetchCatalogue(dataUrl()),
  inputs: (dataset: string) => fetchInputs(dataUrl(), dataset),
};
