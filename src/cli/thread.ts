import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import type { Client } from '../client/client.ts';
import { DatasetProblems } from '../client/datasetProblems.ts';
import { fileSource } from '../data/fileSource.ts';
import { RemoteTransport } from '../transport/remote.ts';
import { openClients } from './inProcess.ts';
import { dataRoot } from './paths.ts';
import type { FromThread, ToThread } from './threadMessages.ts';

/** One of the simulator's worker threads: several clients that share a backend and a test set. */

if (!parentPort) throw new Error('This file is a worker of `npm run simulate`; run that.');
const port = parentPort;
const post = (message: FromThread) => port.postMessage(message);

const transports = new Map<number, RemoteTransport>();
const clients = new Map<number, Client>();

port.on('message', (message: ToThread) => {
  switch (message.type) {
    case 'start': {
      const { members, settings, backend } = message;
      for (const self of members) {
        transports.set(self.number, new RemoteTransport(self, (call) => post({ type: 'call', client: self.number, call })));
      }
      const opened = openClients([...transports.values()], {
        settings,
        backend,
        source: new DatasetProblems((dataset) => fileSource(join(dataRoot, dataset))),
        onView: (client, view) => post({ type: 'view', client, view }),
      });
      members.forEach(({ number }, k) => clients.set(number, opened[k]!));
      return;
    }
    case 'reply':
      return transports.get(message.client)?.take(message.reply);
    case 'command':
      return clients.get(message.client)?.command(message.command);
    case 'close':
      void Promise.all([...clients.values()].map((client) => client.close())).then(() => {
        post({ type: 'closed' });
        port.close();
      });
      return;
  }
});
