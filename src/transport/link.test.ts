import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { lineLog } from '../log/log.ts';
import { Link, type LinkHost } from './link.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A link to an earlier or a later member, with what it relays and logs. */
function linkTo(member: { readonly id: string; readonly order: number }) {
  const lines: string[] = [];
  const relayed: unknown[] = [];
  let isWanted = true;
  const host: LinkHost = {
    ice: () => ({ iceServers: [] }),
    log: lineLog(
      new Set(['transport']),
      (line) => lines.push(line),
      () => Date.now(),
    ),
    largestFrame: () => 0,
    dials: ({ order }) => order < 1,
    isWanted: () => isWanted,
    relay: (to, message) => relayed.push({ to, ...message }),
    nextEpoch: (above) => above + 1,
    reserveStart: () => 60_000,
    opened: () => undefined,
    frame: () => Promise.resolve(),
    offence: () => undefined,
    closed: () => undefined,
    broken: () => undefined,
  };
  return { link: new Link(host, { ...member, number: 0 }), lines, relayed, forget: () => (isWanted = false) };
}

test('asks a silent peer again and again, ever more seldom, and its log says whom it waits for', () => {
  const { link, lines, relayed, forget } = linkTo({ id: 'silent-peer', order: 2 });
  link.reach();
  vi.advanceTimersByTime(500 + 1000);
  expect(lines).toEqual(
    [500, 1000, 2000].flatMap((afterMs, k) => {
      const at = ['0.000', '0.500', '1.500'][k]!;
      return [
        `${at} s  transport  asks to be dialled  peer=silent-peer  epoch=0`,
        `${at} s  transport  tries again  peer=silent-peer  afterMs=${afterMs}  failures=${k + 1}`,
      ];
    }),
  );
  expect(relayed).toEqual(Array(3).fill({ to: 'silent-peer', type: 'ask', epoch: 0 }));
  forget();
  vi.advanceTimersByTime(60_000);
  expect(relayed).toHaveLength(3);
});

test('dials an earlier member itself, and a newer ask in the middle of it begins a newer attempt', () => {
  const { link, lines, relayed } = linkTo({ id: 'earlier-peer', order: 0 });
  link.reach();
  link.reach();
  link.take({ type: 'ask', epoch: 0 });
  link.take({ type: 'ask', epoch: 1 });
  expect(lines).toEqual([1, 2].map((epoch) => `0.000 s  transport  dials  peer=earlier-peer  epoch=${epoch}`));
  expect(relayed).toEqual([]);
  link.reset('the test is over');
  expect(vi.getTimerCount()).toBe(0);
});
