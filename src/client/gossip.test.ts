import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MAX_TOLD, type Readiness, type ReadinessState } from '../protocol/readiness.ts';
import { wallClock } from './clock.ts';
import { Gossip, inLists } from './gossip.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const WAIT_MS = 100;
const word = (peer: string, version: number, kind: 'preparing' | 'ready' = 'ready'): Readiness => ({ peer, version, state: { kind } });
const failed: ReadinessState = { kind: 'failed', why: 'its device is gone' };

/** One with these channels, and what has gone over each. */
function gossip(channels: readonly string[], waitMs = WAIT_MS) {
  const sent = new Map<string, (readonly Readiness[])[]>();
  const send = (to: string, readiness: readonly Readiness[]) => sent.set(to, [...(sent.get(to) ?? []), readiness]);
  const telling = new Gossip(
    wallClock,
    () => waitMs,
    () => channels,
    send,
  );
  return { sent, telling };
}

describe('what clients say of themselves', () => {
  it('goes on at once, and what comes soon after it together, of each the latest', () => {
    const { sent, telling } = gossip(['a']);
    telling.tell([word('x', 1, 'preparing')], null);
    expect(sent.get('a')).toEqual([[word('x', 1, 'preparing')]]);
    telling.tell([word('x', 2)], null);
    telling.tell([word('y', 1, 'preparing')], 'b');
    telling.tell([word('y', 2)], 'b');
    vi.advanceTimersByTime(WAIT_MS - 1);
    expect(sent.get('a')).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(sent.get('a')!.slice(1)).toEqual([[word('x', 2), word('y', 2)]]);
    vi.advanceTimersByTime(10 * WAIT_MS);
    expect(sent.get('a')).toHaveLength(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not wait where somebody has failed', () => {
    const { sent, telling } = gossip(['a']);
    telling.tell([word('x', 1)], null);
    telling.tell([word('y', 1)], 'b');
    telling.tell([{ peer: 'z', version: 1, state: failed }], 'b');
    expect(sent.get('a')!.slice(1)).toEqual([[word('y', 1), { peer: 'z', version: 1, state: failed }]]);
  });

  it('never waits where it is told not to', () => {
    const { sent, telling } = gossip(['a'], 0);
    for (let version = 1; version <= 5; version++) telling.tell([word('x', version)], null);
    expect(sent.get('a')).toHaveLength(5);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leaves no timer behind', () => {
    const { sent, telling } = gossip(['a']);
    telling.tell([word('x', 1)], null);
    telling.tell([word('y', 1)], null);
    telling.close();
    expect(vi.getTimerCount()).toBe(0);
    expect(sent.get('a')).toHaveLength(1);
  });

  const says = fc.record({
    peer: fc.integer({ min: 0, max: 200 }),
    from: fc.constantFrom('a', 'b', null),
    afterMs: fc.integer({ min: 0, max: 150 }),
  });
  it('reaches everyone but who said it, the latest last, in lists that a message can hold', () => {
    fc.assert(
      fc.property(fc.array(says, { maxLength: 300 }), (sayings) => {
        const { sent, telling } = gossip(['a', 'b']);
        const latest = new Map<string, { version: number; from: string | null }>();
        sayings.forEach(({ peer, from, afterMs }, version) => {
          vi.advanceTimersByTime(afterMs);
          latest.set(`${peer}`, { version, from });
          telling.tell([word(`${peer}`, version)], from);
        });
        vi.advanceTimersByTime(2 * WAIT_MS);
        for (const to of ['a', 'b']) {
          const lists = sent.get(to) ?? [];
          expect(lists.every(({ length }) => length > 0 && length <= MAX_TOLD)).toBe(true);
          const heard = new Map(lists.flat().map(({ peer, version }) => [peer, version]));
          for (const [peer, { version, from }] of latest) if (from !== to) expect(heard.get(peer)).toBe(version);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('is cut into lists of which none is empty', () => {
    const many = Array.from({ length: 2 * MAX_TOLD + 1 }, (_, k) => word(`${k}`, 1));
    expect(inLists(many).map(({ length }) => length)).toEqual([MAX_TOLD, MAX_TOLD, 1]);
    expect(inLists([])).toEqual([]);
  });
});
