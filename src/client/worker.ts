/// <reference lib="webworker" />
/** The module worker that one tab's client lives in: all computing and all timers, so that a hidden tab keeps its pace. */
import { selectBackend } from '../backend/backend.ts';
import { locateWasm } from '../backend/wasmBrowser.ts';
import { httpSource } from '../data/httpSource.ts';
import { defaultSettings } from '../settings/settings.ts';
import { movedBuffers, RemoteTransport } from '../transport/remote.ts';
import { StoredBookmarks } from './bookmarkStore.ts';
import { Client } from './client.ts';
import { wallClock } from './clock.ts';
import { caseSource, settingsOf, type ConformanceCase } from './conformance.ts';
import { consoleLog } from './consoleLog.ts';
import { DatasetProblems } from './datasetProblems.ts';
import { usualViewIntervalMs } from './pacer.ts';
import { postingChanges } from './viewChanges.ts';
import type { FromWorker, ToWorker } from './workerMessages.ts';

/** In a room of five nobody notices, and in one of dozens each passes on a few lists while all get ready. */
const GOSSIP_WAIT_MS = 30;

function post(message: FromWorker): void {
  self.postMessage(message, message.type === 'send' ? movedBuffers(message) : []);
}

let transport: RemoteTransport | null = null;
let client: Client | null = null;
let problems: DatasetProblems | null = null;
let bookmarks: StoredBookmarks | null = null;
const cases: ConformanceCase[] = [];
const models = new Map<string, Float32Array>();

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  switch (data.type) {
    case 'start': {
      const { self: presence, backend, dataUrl, conformance, log, place, bookmark } = data;
      if (conformance) cases.push(conformance.given);
      locateWasm();
      problems = new DatasetProblems((dataset) => httpSource(new URL(dataUrl), dataset), models);
      transport = new RemoteTransport(presence, post);
      bookmarks = new StoredBookmarks(place, bookmark);
      client = new Client({
        transport,
        backend: () => selectBackend(backend),
        source: conformance ? caseSource(cases) : problems,
        settings: conformance ? settingsOf(conformance) : defaultSettings(),
        clock: wallClock,
        onView: postingChanges((changes) => post({ type: 'view', changes })),
        viewIntervalMs: usualViewIntervalMs,
        gossipWaitMs: GOSSIP_WAIT_MS,
        log: consoleLog(log),
        keeper: bookmarks,
        ...(bookmark ? { bookmark } : {}),
        ...(conformance ? { trace: (trace) => post({ type: 'trace', trace }) } : {}),
      });
      return;
    }
    case 'event':
    case 'sent':
      return transport?.take(data);
    case 'command':
      return client?.command(data.command);
    case 'bring':
      problems?.bring(data.rows);
      return client?.renew();
    case 'case':
      cases.push(data.given);
      return;
    case 'adopt':
      models.set(data.digest, data.weights);
      if (client?.view().settings.initialModel === data.digest) client.renew();
      return;
    case 'model':
      return post({ type: 'model', model: client?.model() ?? null });
    case 'examine':
      void client?.examine().then(
        (examinations) => post({ type: 'examined', examinations }),
        // The run tells of what has failed here.
        () => post({ type: 'examined', examinations: [] }),
      );
      return;
    case 'close':
      void client
        ?.close()
        .then(() => {
          bookmarks?.forget();
          return bookmarks?.close();
        })
        .then(() => post({ type: 'closed' }));
      return;
  }
};
