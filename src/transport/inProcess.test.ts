import { describe, expect, test } from 'vitest';
import { RecordingParticipant, transportChecks } from '../testing/transportContract.ts';
import { InProcessNetwork } from './inProcess.ts';
import type { TransportEvent } from './transport.ts';

describe('in-process transport', () => {
  for (const check of transportChecks) {
    test(check.name, () => {
      const network = new InProcessNetwork();
      return check.run(async () => new RecordingParticipant(network.join()));
    });
  }

  /** Two endpoints with an open channel, and what the second has received. */
  async function channel(network: InProcessNetwork) {
    const [a, b] = [network.join(), network.join()];
    const frames: Uint8Array<ArrayBuffer>[] = [];
    b.listen((event) => {
      if (event.type === 'frame') frames.push(event.frame);
    });
    a.want([b.self.id]);
    await new Promise<void>((resolve) => a.listen((event) => void (event.type === 'open' && resolve())));
    return { a, b, frames };
  }

  test('sender and receiver share no memory', async () => {
    const { a, frames } = await channel(new InProcessNetwork());
    const frame = Uint8Array.of(1, 2, 3);
    const sent = a.send('c1', frame);
    frame.fill(9);
    await sent;
    expect(frames).toEqual([Uint8Array.of(1, 2, 3)]);
  });

  test('a fault drops or doubles a frame', async () => {
    const { a, frames } = await channel(
      new InProcessNetwork((from, to, frame) => {
        expect([from, to]).toEqual(['c0', 'c1']);
        return frame[0] === 1 ? 'drop' : frame[0] === 2 ? 'twice' : 'deliver';
      }),
    );
    await Promise.all([1, 2, 3].map((byte) => a.send('c1', Uint8Array.of(byte))));
    expect(frames.map(([byte]) => byte)).toEqual([2, 2, 3]);
    expect(frames[0]!.buffer).not.toBe(frames[1]!.buffer);
  });

  test('nothing arrives during the call that caused it', async () => {
    const { a, frames } = await channel(new InProcessNetwork());
    const sent = a.send('c1', Uint8Array.of(1));
    expect(frames).toEqual([]);
    await sent;
    expect(frames).toHaveLength(1);
  });

  test('a channel to a reused id opens after the old one has closed', async () => {
    const network = new InProcessNetwork();
    const { a, b } = await channel(network);
    const events: TransportEvent[] = [];
    a.listen((event) => void events.push(event));
    a.want([b.self.id]);
    b.close();
    const reopened = new Promise<void>((resolve) => network.join().listen((event) => void (event.type === 'open' && resolve())));
    await reopened;
    expect(events.map(({ type }) => type)).toEqual(['close', 'presence', 'open']);
  });
});
