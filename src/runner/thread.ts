/** One of the simulator's worker threads: several clients that share a backend and a test set. */

import { parentPort } from 'node:worker_threads';
import type { Client } from '../client/client.ts';
import type { DatasetProblems } from '../client/datasetProblems.ts';
import { inputsAsKnown } from '../client/knownInputs.ts';
import type { Resumption, Snapshot } from '../client/snapshot.ts';
import { postingChanges } from '../client/viewChanges.ts';
import { lineLog } from '../log/log.ts';
import type { OwnedInputs } from '../round/state.ts';
import { sharesSamples, type Settings } from '../settings/settings.ts';
import { numberOf } from '../transport/inProcess.ts';
import { movedBuffers, RemoteTransport } from '../transport/remote.ts';
import type { PeerId } from '../transport/transport.ts';
import { packSnapshot } from './checkpoint.ts';
import { openClients } from './inProcess.ts';
import { packedProblems } from './packedProblems.ts';
import type { FromThread, ToThread } from './threadMessages.ts';

if (!parentPort) throw new Error('This file is a worker of `npm run simulate`; run that.');
const port = parentPort;
const post = (message: FromThread) => port.postMessage(message, message.type === 'call' ? movedBuffers(message.call) : []);

const transports = new Map<number, RemoteTransport>();
const clients = new Map<number, Client>();

/** The neighbours' inputs as this client knew them: its own alone, which it makes itself, where nobody sends any. */
async function inputsOf(
  number: number,
  { knows, centre }: Snapshot,
  settings: Settings,
  problems: DatasetProblems,
): Promise<Map<PeerId, OwnedInputs>> {
  const inputs = new Map<PeerId, OwnedInputs>();
  if (!sharesSamples(settings)) return inputs;
  for (const peer of knows) {
    const owner = numberOf(peer);
    const problem = await problems.problem(settings, owner, () => undefined);
    inputs.set(peer, inputsAsKnown(problem, centre, owner === number, settings));
  }
  return inputs;
}

async function start({ members, settings, own, backend, models, log, resumptions }: Extract<ToThread, { type: 'start' }>): Promise<void> {
  for (const self of members) {
    transports.set(self.number, new RemoteTransport(self, (call) => post({ type: 'call', client: self.number, call })));
  }
  const source = packedProblems(models);
  own.forEach((rows, k) => source.bring(rows, members[k]!.number));
  const whole = new Map<number, Resumption>();
  // Everybody's samples, for as long as this takes.
  const problems = packedProblems(models);
  for (const [k, resumption] of resumptions.entries()) {
    const { number } = members[k]!;
    whole.set(number, { ...resumption, inputs: await inputsOf(number, resumption.snapshot, settings, problems) });
  }
  const opened = openClients([...transports.values()], {
    settings,
    backend,
    source,
    onView: (client) => postingChanges((changes) => post({ type: 'view', client, changes })),
    log: (client) =>
      lineLog(
        new Set(log),
        (line) => process.stderr.write(`client ${client}  ${line}\n`),
        () => performance.now(),
      ),
    resumptions: whole,
  });
  members.forEach(({ number }, k) => clients.set(number, opened[k]!));
}

let ready = Promise.resolve();

/** In the order of arrival, and nothing before the start is done. */
port.on('message', (message: ToThread) => {
  ready = ready.then(() => (message.type === 'start' ? start(message) : handle(message)));
});

function handle(message: Exclude<ToThread, { type: 'start' }>): void {
  switch (message.type) {
    case 'hold':
      for (const client of clients.values()) client.hold(message.round);
      return;
    case 'snapshot': {
      const taken = [...clients].flatMap(([number, client]) => {
        const snapshot = client.snapshot();
        return snapshot ? [[number, packSnapshot(snapshot)] as const] : [];
      });
      return port.postMessage(
        { type: 'snapshots', snapshots: new Map(taken) } satisfies FromThread,
        taken.map(([, { buffer }]) => buffer),
      );
    }
    case 'reply':
      return transports.get(message.client)?.take(message.reply);
    case 'command':
      return clients.get(message.client)?.command(message.command);
    case 'model':
      return post({ type: 'model', model: clients.get(message.client)?.model() ?? null });
    case 'close':
      void Promise.all([...clients.values()].map((client) => client.close())).then(() => {
        post({ type: 'closed' });
        port.close();
      });
      return;
  }
}
