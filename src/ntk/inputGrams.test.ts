import { beforeAll, beforeEach, expect, test } from 'vitest';
import { liveTensors, useBackend } from '../testing/backends.ts';
import { InputGrams } from './inputGrams.ts';
import type { InputMember } from './pool.ts';

beforeAll(() => useBackend('cpu'));

const member = (key: string, ...rows: number[]): InputMember => ({
  key,
  inputs: { kind: 'exact', rows: Float32Array.from(rows), width: 2 },
  labels: new Uint8Array(rows.length / 2),
});

/** Makes the inputs unusable, so that only blocks that are kept still come out as numbers. */
const spoil = (...members: readonly InputMember[]) => members.forEach(({ inputs }) => inputs.rows.fill(NaN));

let a: InputMember;
let b: InputMember;
let c: InputMember;
beforeEach(() => {
  a = member('a', 1, 2);
  b = member('b', 3, 4, 5, 6);
  c = member('c', 7, 8);
});

test('each two members are multiplied once, in whatever pools and orders they come', async () => {
  const grams = new InputGrams(1000);
  const before = liveTensors();
  expect([...(await grams.of([a, b]))]).toEqual([5, 11, 17, 11, 25, 39, 17, 39, 61]);
  expect([...(await grams.of([c, a]))]).toEqual([113, 23, 23, 5]);
  spoil(a, b);
  expect([...(await grams.of([b, a]))]).toEqual([25, 39, 11, 39, 61, 17, 11, 17, 5]);
  spoil(c);
  // Only b and c were never in one pool.
  expect([...(await grams.of([a, c, b])).subarray(0, 8)]).toEqual([5, 23, 11, 17, 23, 113, NaN, NaN]);
  expect(liveTensors()).toEqual(before);
});

test('a member with new inputs is multiplied anew', async () => {
  const grams = new InputGrams(1000);
  await grams.of([a, c]);
  expect([...(await grams.of([a, member('c', 1, 1)]))]).toEqual([5, 3, 3, 2]);
});

test('what is kept stays within its budget, and nothing after clear', async () => {
  // c's matrix (4 bytes), its block (4) and b's (16).
  const grams = new InputGrams(24);
  await grams.of([a, b]);
  await grams.of([c]);
  spoil(a, b, c);
  expect([...(await grams.of([c]))]).toEqual([113]);
  expect((await grams.of([b]))[0]).toBe(25);
  expect((await grams.of([a]))[0]).toBeNaN();
  grams.clear();
  expect((await grams.of([b]))[0]).toBeNaN();
});
