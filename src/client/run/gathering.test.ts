import { expect, test } from 'vitest';
import type { PeerId, Presence } from '../../transport/transport.ts';
import type { Clock } from '../clock.ts';
import { Gathering } from './gathering.ts';

interface Ids {
  readonly round: number;
  readonly clients: readonly { readonly id: PeerId }[];
}

const of = (round: number, ...ids: string[]): Ids => ({ round, clients: ids.map((id) => ({ id })) });

/**
 * Client `a` gathers for itself and its children; deadlines pass when the test says so.
 * @param below others that take part, and are further down at first.
 */
function gatheringOf({
  parent = null,
  below = [],
  since = 0,
}: { parent?: PeerId | null; below?: readonly Presence[]; since?: number } = {}) {
  const deadlines = new Set<() => void>();
  const clock: Clock = {
    now: () => 0,
    after(_ms, callback) {
      deadlines.add(callback);
      return () => deadlines.delete(callback);
    },
    soon: () => expect.unreachable('who gathers waits for others'),
  };
  const place: { parent: PeerId | null; children: Presence[]; height: number } = {
    parent,
    children: [
      { id: 'b', number: 1 },
      { id: 'c', number: 4 },
    ],
    height: 1,
  };
  const sums: string[] = [];
  const gathering = new Gathering<Ids>({
    self: 'a',
    clock,
    deadlineMs: 1000,
    round: () => 2,
    since: () => since,
    participants: () => [{ id: 'a', number: 0 }, ...place.children, ...below],
    branch: () => place,
    combine: (first, others) => ({ ...first, clients: [first, ...others].flatMap(({ clients }) => clients) }),
    gathered: ({ round, clients }) => sums.push(`${round} ${clients.map(({ id }) => id).join('')}`),
  });
  return { gathering, place, deadlines, sums };
}

test('a round is complete with the last sum of a child, in the order of the rounds', () => {
  const { gathering, place, deadlines, sums } = gatheringOf();
  for (const from of ['c', 'a', 'b', 'stranger']) gathering.collect(from, of(1, from));
  expect(sums).toEqual(['1 abc']);
  for (const from of ['a', 'b']) gathering.collect(from, of(3, from));
  for (const from of ['a', 'b']) gathering.collect(from, of(2, from));
  gathering.collect('c', of(3, 'c', 'd', 'e'));
  expect(sums).toEqual(['1 abc']);
  place.children.pop();
  gathering.review();
  expect(sums).toEqual(['1 abc', '2 ab', '3 cdeab']);
  expect(deadlines.size).toBe(0);
});

test('others are waited for from the own report on, and nobody can close a round in its place', () => {
  const { gathering, deadlines, sums } = gatheringOf();
  gathering.collect('b', of(4, 'b'));
  gathering.collect('b', of(1, 'b'));
  expect(deadlines.size).toBe(0);
  gathering.collect('a', of(2, 'a'));
  expect(deadlines.size).toBe(1);
  for (const pass of deadlines) pass();
  expect(sums).toEqual(['1 b', '2 a']);
  gathering.collect('a', of(3, 'a'));
  gathering.close();
  expect(deadlines.size).toBe(0);
});

test('who has nobody below it waits for nobody', () => {
  const { gathering, place, deadlines, sums } = gatheringOf({ parent: 'p' });
  place.children = [];
  place.height = 0;
  gathering.collect('a', of(2, 'a'));
  expect(sums).toEqual(['2 a']);
  expect(deadlines.size).toBe(0);
});

test('a sum that comes late is passed on with what was there, if it brings anybody, until the round is settled', () => {
  const { gathering, deadlines, sums } = gatheringOf({ parent: 'p' });
  for (const from of ['a', 'b']) gathering.collect(from, of(1, from));
  for (const pass of deadlines) pass();
  gathering.collect('b', of(1, 'b'));
  gathering.collect('c', of(1, 'c', 'd'));
  expect(sums).toEqual(['1 ab', '1 abcd']);
  gathering.settle(1);
  gathering.collect('b', of(1, 'x'));
  expect(sums).toHaveLength(2);
});

test('what was passed to one that has left is passed to who takes its place, with the new children’s', () => {
  const d = { id: 'd', number: 5 };
  const { gathering, place, deadlines, sums } = gatheringOf({ parent: 'p', below: [d, { id: 'e', number: 6 }] });
  for (const round of [0, 1]) for (const from of ['a', 'b', 'c']) gathering.collect(from, of(round, from));
  gathering.settle(0);
  gathering.review();
  expect(sums).toEqual(['0 abc', '1 abc']);
  place.parent = null;
  place.children.push(d);
  gathering.review();
  gathering.collect('d', of(1, 'd', 'e'));
  expect(sums.slice(2)).toEqual(['1 abcde']);
  expect(deadlines.size).toBe(0);
});

test('who comes when the run is under way is waited for from its first sum on', () => {
  const { gathering, place, deadlines, sums } = gatheringOf();
  for (const from of ['a', 'b']) gathering.collect(from, of(1, from));
  place.children.push({ id: 'd', number: 5 });
  gathering.review();
  expect(sums).toEqual([]);
  gathering.collect('c', of(1, 'c'));
  for (const from of ['a', 'b']) gathering.collect(from, of(2, from));
  gathering.collect('d', of(3, 'd'));
  gathering.collect('c', of(2, 'c'));
  expect(sums).toEqual(['1 abc', '2 abc']);
  for (const from of ['a', 'b', 'c']) gathering.collect(from, of(3, from));
  for (const from of ['a', 'b', 'c']) gathering.collect(from, of(4, from));
  expect(sums.slice(2)).toEqual(['3 abcd']);
  expect(deadlines.size).toBe(1);
  gathering.collect('d', of(4, 'd'));
  expect(sums.slice(3)).toEqual(['4 abcd']);
});

test('who takes part from a round on passes on what others have come to before without itself', () => {
  const { gathering, deadlines, sums } = gatheringOf({ since: 2 });
  for (const round of [1, 2]) for (const from of ['b', 'c']) gathering.collect(from, of(round, from));
  expect(sums).toEqual(['1 bc']);
  gathering.collect('a', of(2, 'a'));
  expect(sums).toEqual(['1 bc', '2 abc']);
  expect(deadlines.size).toBe(0);
});

test('of sums that share a client the larger one counts', () => {
  const { gathering, sums } = gatheringOf();
  gathering.collect('b', of(1, 'b', 'c'));
  gathering.collect('c', of(1, 'c'));
  gathering.collect('a', of(1, 'a'));
  expect(sums).toEqual(['1 abc']);
});

test('what no client of the run can have done yet is not kept', () => {
  const { gathering, sums } = gatheringOf();
  const furthest = 2 + 3 + 16;
  for (const round of [furthest, furthest + 1]) for (const from of ['a', 'b', 'c']) gathering.collect(from, of(round, from));
  expect(sums).toEqual([`${furthest} abc`]);
});
