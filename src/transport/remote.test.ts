import { MessageChannel } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { RecordingParticipant, transportChecks } from '../testing/transportContract.ts';
import { InProcessNetwork } from './inProcess.ts';
import { movedBuffers, RemoteTransport, serveTransport, type RemoteCall, type RemoteReply } from './remote.ts';
import { PeerLostError, type Transport } from './transport.ts';

/** A transport of the network used through a real message port, as between threads. */
function throughPort(transport: Transport): Transport {
  const { port1: host, port2: user } = new MessageChannel();
  const serve = serveTransport(transport, (reply) => host.postMessage(reply, movedBuffers(reply)));
  host.on('message', (call: RemoteCall) => serve(call));
  const remote = new RemoteTransport(transport.self, (call) => user.postMessage(call));
  user.on('message', (reply: RemoteReply) => remote.take(reply));
  return {
    self: remote.self,
    listen: (listener) => remote.listen(listener),
    want: (peers) => remote.want(peers),
    admit: (bytes) => remote.admit(bytes),
    send: (peer, frame) => remote.send(peer, frame),
    refuse: (peer) => remote.refuse(peer),
    close: () => {
      remote.close();
      transport.close();
      host.close();
    },
  };
}

describe('a transport used from another thread', () => {
  for (const check of transportChecks) {
    test(check.name, () => {
      const network = new InProcessNetwork();
      return check.run(async () => new RecordingParticipant(throughPort(network.join())));
    });
  }

  /** A transport whose sends all end so. */
  const ending = (end: () => Promise<void>): Transport => ({
    self: { id: 'a', number: 0 },
    listen: () => undefined,
    want: () => undefined,
    admit: () => undefined,
    send: end,
    refuse: () => undefined,
    close: () => undefined,
  });
  const failureOf = (transport: Transport) => {
    const user = throughPort(transport);
    return user
      .send('b', Uint8Array.of(1))
      .then(() => undefined)
      .catch((error: unknown) => error)
      .finally(() => user.close());
  };

  test('what may come is told to the transport', () => {
    const calls: RemoteCall[] = [];
    const transport: Transport = { ...ending(() => Promise.resolve()), admit: (bytes) => calls.push({ type: 'admit', bytes }) };
    const serve = serveTransport(transport, () => undefined);
    new RemoteTransport(transport.self, serve).admit(12);
    expect(calls).toEqual([{ type: 'admit', bytes: 12 }]);
  });

  test('a lost peer arrives with its own name and reason', async () => {
    const lost = new PeerLostError('b', 'left the room');
    const failure = await failureOf(ending(() => Promise.reject(lost)));
    expect(failure).toBeInstanceOf(PeerLostError);
    expect(failure).toMatchObject({ peer: 'b', reason: 'left the room', message: lost.message });
  });

  test('any other error arrives as what it is, with the stack of where it was thrown', async () => {
    function faultyTransport(): Promise<void> {
      throw new TypeError('undefined is no channel');
    }
    const failure = await failureOf(ending(async () => faultyTransport()));
    expect(failure).not.toBeInstanceOf(PeerLostError);
    expect(failure).toMatchObject({ name: 'TypeError', message: 'undefined is no channel' });
    expect(failure).toMatchObject({ stack: expect.stringContaining('faultyTransport') });
  });

  test('what is under way fails when its user leaves', async () => {
    const remote = new RemoteTransport({ id: 'a', number: 0 }, () => undefined);
    const sent = remote.send('b', Uint8Array.of(1));
    remote.close();
    await expect(sent).rejects.toMatchObject({ name: 'PeerLostError', peer: 'b', reason: 'this client has left' });
  });
});
