import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { messagesOf } from '../testing/messages.ts';
import { ACK_BYTES, acknowledgement, ChunkError, MESSAGE_BYTES, wireBytes } from './chunks.ts';
import { FrameChannel, PAUSE_BYTES } from './frameChannel.ts';
import { MAX_FRAME_BYTES, PeerLostError } from './transport.ts';
import { WINDOW_BYTES } from './window.ts';

const MIB = 1024 * 1024;

const frameOf = (length: number, seed = 0) => new Uint8Array(length).fill(seed + 1);

/** One end of a channel whose other end, and what is on its way there, the test sees. */
class End {
  /** Messages that this end has sent and that have not arrived. */
  readonly onTheirWay: Uint8Array<ArrayBuffer>[] = [];
  /** Frames that have arrived here, and how to take each. */
  readonly frames: Uint8Array<ArrayBuffer>[] = [];
  readonly untaken: { readonly bytes: number; readonly taken: () => void }[] = [];
  readonly logged: object[] = [];
  readonly channel = new FrameChannel(
    'peer',
    {
      send: (message) => this.onTheirWay.push(message.slice()),
      buffered: () => this.onTheirWay.reduce((sum, { length }) => sum + length, 0),
    },
    (frame) => {
      this.frames.push(frame);
      return new Promise((taken) => this.untaken.push({ bytes: wireBytes(frame.length), taken }));
    },
    () => this.largest,
    (_, event, details) => this.logged.push({ event, ...details }),
  );
  /** Bytes of the largest frame that may come here. */
  largest = MAX_FRAME_BYTES;
  /** Bytes of chunks that have arrived here. */
  arrived = 0;

  /** Wire bytes that are kept here: arrived, and of no taken frame. */
  held(): number {
    const done = this.frames.reduce((sum, { length }) => sum + wireBytes(length), 0);
    return this.arrived - done + this.untaken.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Takes the oldest frame; acknowledging it needs a turn. */
  async take(): Promise<void> {
    this.untaken.shift()?.taken();
    await settled();
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** The next message from one end arrives at the other. */
function arrive(from: End, to: End): void {
  const message = from.onTheirWay.shift();
  if (!message) return;
  if (message.length !== ACK_BYTES) to.arrived += message.length;
  to.channel.receive(message);
  from.channel.resume();
}

function arriveAll(from: End, to: End): void {
  while (from.onTheirWay.length > 0) arrive(from, to);
}

/** The outcome of each send so far. */
function outcomesOf(sends: readonly Promise<void>[]): string[] {
  const outcomes = sends.map(() => 'open');
  sends.forEach((sent, i) => {
    sent.then(
      () => (outcomes[i] = 'sent'),
      (error: unknown) => (outcomes[i] = error instanceof Error ? error.name : 'unknown'),
    );
  });
  return outcomes;
}

describe('a channel of frames', () => {
  test('tells its log once that the window is full, and once that what waited for it is on its way', async () => {
    const [a, b] = [new End(), new End()];
    const sends = Array.from({ length: 5 }, () => a.channel.send(frameOf(WINDOW_BYTES / 2 - MIB)));
    arriveAll(a, b);
    expect(a.logged).toEqual([{ event: 'window full', peer: 'peer', underWay: 2, waiting: 3 }]);
    for (let k = 0; k < 5; k++) {
      await b.take();
      arriveAll(b, a);
      arriveAll(a, b);
    }
    await Promise.all(sends);
    expect(a.logged.slice(1)).toEqual([{ event: 'window drained', peer: 'peer' }]);
    expect(b.logged).toEqual([]);
  });

  test('brings every frame of both ends in order, whoever is slow, and never holds more than a window or one frame', async () => {
    const length = fc.oneof(fc.nat(3 * MESSAGE_BYTES), fc.nat(5 * MIB), fc.constantFrom(0, WINDOW_BYTES, 10 * MIB));
    const lengths = fc.array(length, { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(lengths, lengths, fc.infiniteStream(fc.nat(9)), async (ofA, ofB, steps) => {
        const [a, b] = [new End(), new End()];
        const sends = [
          ...ofA.map((length, i) => a.channel.send(frameOf(length, i))),
          ...ofB.map((length, i) => b.channel.send(frameOf(length, i))),
        ];
        const outcomes = outcomesOf(sends);
        while (outcomes.includes('open')) {
          // A few messages, then perhaps a frame is taken.
          const step = steps.next().value;
          const [from, to] = step % 2 === 0 ? [a, b] : [b, a];
          for (let k = 0; k < 40; k++) arrive(from, to);
          expect(b.held()).toBeLessThanOrEqual(Math.max(WINDOW_BYTES, ...ofA.map(wireBytes)));
          expect(a.held()).toBeLessThanOrEqual(Math.max(WINDOW_BYTES, ...ofB.map(wireBytes)));
          if (step < 4) await to.take();
        }
        expect(outcomes).toEqual(sends.map(() => 'sent'));
        for (const [end, sent] of [
          [b, ofA],
          [a, ofB],
        ] as const) {
          expect(end.frames.map(({ length }) => length)).toEqual(sent);
          end.frames.forEach((frame, i) => expect(Buffer.compare(frame, frameOf(sent[i]!, i))).toBe(0));
        }
      }),
      { numRuns: 15 },
    );
  });

  test('waits for the receiver at the end of the window, and goes on with each frame it takes', async () => {
    const [a, b] = [new End(), new End()];
    const outcomes = outcomesOf(Array.from({ length: 12 }, () => a.channel.send(frameOf(MIB))));
    arriveAll(a, b);
    expect(b.frames).toHaveLength(7);
    await b.take();
    expect(outcomes.filter((outcome) => outcome === 'sent')).toHaveLength(0);
    arrive(b, a);
    await settled();
    expect(outcomes.filter((outcome) => outcome === 'sent')).toHaveLength(1);
    arriveAll(a, b);
    expect(b.frames).toHaveLength(8);
  });

  test('lets a frame larger than the window travel alone', async () => {
    const [a, b] = [new End(), new End()];
    const outcomes = outcomesOf([10, WINDOW_BYTES + 1, 10].map((length) => a.channel.send(frameOf(length))));
    for (const count of [1, 2, 3]) {
      arriveAll(a, b);
      expect(b.frames).toHaveLength(count);
      await b.take();
      arriveAll(b, a);
    }
    await settled();
    expect(outcomes).toEqual(['sent', 'sent', 'sent']);
  });

  test('acknowledges in order, even if frames are taken in another', async () => {
    const [a, b] = [new End(), new End()];
    const outcomes = outcomesOf([1, 2].map((length) => a.channel.send(frameOf(length))));
    arriveAll(a, b);
    b.untaken[1]!.taken();
    await settled();
    expect(b.onTheirWay).toEqual([]);
    b.untaken[0]!.taken();
    await settled();
    arriveAll(b, a);
    await settled();
    expect(outcomes).toEqual(['sent', 'sent']);
  });

  test('puts no more than it may into the data channel, and goes on when that has drained', () => {
    const [a, b] = [new End(), new End()];
    void a.channel.send(frameOf(6 * MIB));
    const waiting = () => a.onTheirWay.reduce((sum, { length }) => sum + length, 0);
    expect(waiting()).toBeGreaterThan(PAUSE_BYTES);
    expect(waiting()).toBeLessThanOrEqual(PAUSE_BYTES + MESSAGE_BYTES);
    arriveAll(a, b);
    expect(b.frames).toHaveLength(1);
  });

  test('fails what is queued, under way or not taken when it closes, and everything after', async () => {
    const [a, b] = [new End(), new End()];
    const sends = [10, 6 * MIB, 6 * MIB].map((length) => a.channel.send(frameOf(length)));
    arrive(a, b);
    a.channel.close('the cable was cut');
    for (const sent of sends) await expect(sent).rejects.toThrow(PeerLostError);
    await expect(a.channel.send(frameOf(1))).rejects.toThrow('the cable was cut');
    const before = a.onTheirWay.length;
    a.channel.resume();
    expect(a.onTheirWay).toHaveLength(before);
    b.channel.close('the cable was cut');
    await b.take();
    expect(b.onTheirWay).toEqual([]);
  });

  test('refuses a frame too long to be one', async () => {
    await expect(new End().channel.send(new Uint8Array(MAX_FRAME_BYTES + 1))).rejects.toThrow(ChunkError);
  });
});

describe('an end that does not keep to the protocol', () => {
  test('cannot make its receiver keep more than a window, nor reserve memory for it', () => {
    const { channel } = new End();
    const first = messagesOf(frameOf(WINDOW_BYTES - 100_000), 0);
    for (const message of first) channel.receive(message);
    const [second] = messagesOf(frameOf(100_000), 1);
    expect(() => channel.receive(second!)).toThrow(`have at most ${WINDOW_BYTES} unacknowledged`);
  });

  test('can send a frame larger than a window only up to what may come, as of when it begins', () => {
    const end = new End();
    end.largest = WINDOW_BYTES + 1;
    const [message] = messagesOf(frameOf(WINDOW_BYTES + 2), 0);
    expect(() => end.channel.receive(message!)).toThrow(`where none may have more than ${WINDOW_BYTES + 1}`);
    const other = new End();
    other.largest = 0;
    for (const chunk of messagesOf(frameOf(WINDOW_BYTES), 0)) other.channel.receive(chunk);
    expect(other.frames).toHaveLength(1);
    const [next] = messagesOf(frameOf(WINDOW_BYTES + 1), 1);
    expect(() => other.channel.receive(next!)).toThrow(`where none may have more than ${WINDOW_BYTES}`);
  });

  test('cannot acknowledge what it was not sent', async () => {
    const { channel } = new End();
    expect(() => channel.receive(acknowledgement(1))).toThrow('Acknowledgement of 1 frames where 0 are under way.');
    const sent = channel.send(frameOf(1));
    expect(() => channel.receive(acknowledgement(2))).toThrow(ChunkError);
    channel.receive(acknowledgement(1));
    await sent;
    expect(() => channel.receive(acknowledgement(0))).toThrow(ChunkError);
  });
});
