/** A bookmark as a tab has one, and what may become of it in a browser's store: the same for the test and for its page. */

import type { Bookmark } from '../../src/client/bookmark.ts';
import { defaultSettings } from '../../src/settings/settings.ts';

const ROUNDS = 20;

/** Of a client that has done so many rounds. */
export function bookmarkAfter(round: number): Bookmark {
  const score = { accuracy: 0.5, loss: 1.25 };
  const write = { version: 3, author: 'a' };
  return {
    number: 1,
    register: {
      ...write,
      settings: { ...defaultSettings(), rounds: ROUNDS },
      run: { ...write, id: 'r', founders: ['a', 'b'], digest: '', scale: null, samples: 400, joined: [], turns: 0, end: null },
    },
    round,
    weights: Float32Array.of(round, -0.5, 1e-30),
    velocity: Float32Array.of(0.25, 0, -3),
    own: Array.from({ length: round }, (_, k) => ({
      round: k,
      score,
      phases: { mix: 3.5 },
      work: { evolve: 2 },
      solver: null,
      bytesSent: 1000,
      neighbours: ['a'],
      missed: [],
    })),
    summaries: Array.from({ length: round }, (_, k) => ({
      round: k,
      averaged: score,
      confusion: [1, 1, 0, 2],
      mean: score,
      clients: [{ id: 'a', number: 0, ...score }],
      bytesSent: 2000,
      seconds: 0.5,
    })),
    missedRounds: new Map([['a', 2]]),
  };
}

/** The same in what a page can tell a test. */
export function plain(bookmark: Bookmark) {
  const { weights, velocity, missedRounds } = bookmark;
  return { ...bookmark, weights: [...weights], velocity: velocity && [...velocity], missedRounds: [...missedRounds] };
}

const room = 'r';
const keptNow = (bookmark: unknown) => ({ room, at: Date.now(), bookmark });
/** Its rounds are kept apart. */
const { own: _own, summaries: _summaries, ...roundless } = bookmarkAfter(4);
const changed = (change: object) => () => keptNow({ ...roundless, ...change });
const { register, number: _, ...numberless } = roundless;
const { settings, run } = register;

/** What is no bookmark of a tab in the room `r`, though it stands where one does. */
export const damaged = {
  'weights that are no numbers any more': changed({ weights: Float32Array.of(1, NaN, 2) }),
  'a velocity without end': changed({ velocity: Float32Array.of(1, Infinity, 2) }),
  'weights as another program writes them': changed({ weights: [1, 2, 3] }),
  'a round that no run has': changed({ round: ROUNDS }),
  'half a round': changed({ round: 4.5 }),
  'a run that is over': changed({ register: { ...register, run: { ...run, end: 'stopped' } } }),
  'no run': changed({ register: { ...register, run: null } }),
  'settings that there are not': changed({ register: { ...register, settings: { ...settings, rounds: -1 } } }),
  'a field too many': changed({ script: 'x' }),
  'a field too few': () => keptNow(numberless),
  'a word': () => keptNow('bookmark'),
  'no bookmark': () => ({ room, at: Date.now() }),
  'no time': () => ({ room, bookmark: roundless }),
  'a time that is none': () => ({ room, at: NaN, bookmark: roundless }),
  'a word in place of all': () => 'bookmark',
  nothing: () => null,
} as const satisfies Readonly<Record<string, () => unknown>>;

export type Damage = keyof typeof damaged;
