/// <reference lib="webworker" />
import { selectBackend } from '../backend/backend.ts';
import { locateWasm } from '../backend/wasmBrowser.ts';
import { httpSource } from '../data/httpSource.ts';
import { defaultSettings } from '../settings/settings.ts';
import { PeerLostError, type PeerId, type Presence, type Transport, type TransportEvent } from '../transport/transport.ts';
import { Client } from './client.ts';
import { wallClock } from './clock.ts';
import { caseSource, settingsOf } from './conformance.ts';
import { DatasetProblems } from './datasetProblems.ts';
import type { FromWorker, ToWorker } from './workerMessages.ts';

/** The module worker that one tab's client lives in: all computing and all timers, so that a hidden tab keeps its pace. */

/** Fast enough to look live, slow enough to cost nothing. */
const VIEW_INTERVAL_MS = 60;

function post(message: FromWorker): void {
  self.postMessage(message);
}

/** The main thread's transport, seen from here: WebRTC does not exist in workers. */
class RemoteTransport implements Transport {
  readonly #unsettled = new Map<number, { resolve: () => void; reject: (error: PeerLostError) => void }>();
  #sends = 0;
  #listener: (event: TransportEvent) => void = () => undefined;

  constructor(readonly self: Presence) {}

  /** Set by the client as it is made, before any event can arrive. */
  listen(listener: (event: TransportEvent) => void): void {
    this.#listener = listener;
  }

  deliver(event: TransportEvent): void {
    this.#listener(event);
  }

  want(peers: readonly PeerId[]): void {
    post({ type: 'want', peers });
  }

  send(peer: PeerId, frame: Uint8Array<ArrayBuffer>): Promise<void> {
    const id = this.#sends++;
    return new Promise((resolve, reject) => {
      this.#unsettled.set(id, { resolve, reject });
      post({ type: 'send', id, peer, frame });
    });
  }

  settle(id: number, lost: { peer: PeerId; reason: string } | null): void {
    const send = this.#unsettled.get(id);
    this.#unsettled.delete(id);
    if (lost) send?.reject(new PeerLostError(lost.peer, lost.reason));
    else send?.resolve();
  }

  close(): void {
    for (const [id] of this.#unsettled) this.settle(id, null);
  }
}

let transport: RemoteTransport | null = null;
let client: Client | null = null;

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  switch (data.type) {
    case 'start': {
      const { self: presence, backend, dataUrl, conformance } = data;
      locateWasm();
      transport = new RemoteTransport(presence);
      client = new Client({
        transport,
        backend: () => selectBackend(backend),
        source: conformance ? caseSource(conformance) : new DatasetProblems((dataset) => httpSource(new URL(dataUrl), dataset)),
        settings: conformance ? settingsOf(conformance) : defaultSettings(),
        clock: wallClock,
        onView: (view) => post({ type: 'view', view }),
        viewIntervalMs: VIEW_INTERVAL_MS,
        ...(conformance ? { trace: (trace) => post({ type: 'trace', trace }) } : {}),
      });
      return;
    }
    case 'event':
      return transport?.deliver(data.event);
    case 'command':
      return client?.command(data.command);
    case 'sent':
      return transport?.settle(data.id, data.lost);
    case 'close':
      void client?.close().then(() => post({ type: 'closed' }));
      return;
  }
};
