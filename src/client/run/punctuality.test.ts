import { expect, it } from 'vitest';
import type { WaitingPhase } from '../../round/state.ts';
import { Punctuality } from './punctuality.ts';

const wait = (round: number, asked: readonly string[], here: readonly string[] = [], phase: WaitingPhase = 'mix') =>
  ({ type: 'await', round, phase, deadlines: 1, asked, here }) as const;

type Times = Readonly<Record<string, number | readonly number[]>>;

/** Rounds of ten seconds in which each neighbour takes as long as it says; who takes longer than it is given is missed. */
function after(rounds: number, took: Times, phase: WaitingPhase = 'mix'): Punctuality {
  const punctuality = new Punctuality(30_000);
  run(punctuality, 0, rounds, took, phase);
  return punctuality;
}

function run(punctuality: Punctuality, first: number, count: number, took: Times, phase: WaitingPhase = 'mix'): void {
  for (let round = first; round < first + count; round++) {
    const at = 10_000 * round;
    const given = punctuality.ask(wait(round, Object.keys(took), [], phase), at);
    for (const [peer, times] of Object.entries(took)) {
      const elapsed = typeof times === 'number' ? times : times[round % times.length]!;
      if (elapsed > (given.get(peer) ?? Infinity)) punctuality.missed(peer, phase);
      if (elapsed < Infinity) punctuality.answered(peer, round, phase, at + elapsed);
    }
  }
}

const given = (punctuality: Punctuality, ...peers: string[]) => [...punctuality.ask(wait(1000, peers), 0).values()];

it("gives who is not known yet the run's deadline, then what a neighbour usually takes, and at least a second and a half", () => {
  expect(given(after(2, { a: 100 }), 'a')).toEqual([30_000]);
  expect(given(after(3, { a: 100 }), 'a')).toEqual([1500]);
  const [steady] = given(after(40, { a: 4000 }), 'a');
  expect(steady).toBeCloseTo(4000, -1);
  const [shaky] = given(after(40, { a: [3000, 5000] }), 'a');
  expect(shaky).toBeGreaterThan(7000);
  expect(given(after(40, { a: 29_000 }), 'a')[0]).toBeLessThanOrEqual(30_000);
});

it('never gives more than the run does, even where that is less than a second and a half', () => {
  const punctuality = new Punctuality(250);
  run(punctuality, 0, 5, { a: 10 });
  expect(given(punctuality, 'a')).toEqual([250]);
});

it('waits longer where a round computes for longer, so that nobody is late for a hiccup', () => {
  const punctuality = after(5, { a: 100 });
  punctuality.worked(4000);
  expect(given(punctuality, 'a')).toEqual([8000]);
});

it('counts who was there before it was asked as one that takes no time', () => {
  const punctuality = new Punctuality(30_000);
  for (let round = 0; round < 3; round++) punctuality.ask(wait(round, [], ['a']), 0);
  expect(given(punctuality, 'a')).toEqual([1500]);
});

it('does not wait for one that is slow from the first round on, if the others are not', () => {
  const punctuality = after(8, { a: 200, slow: 10_000, b: 300 });
  expect(punctuality.onProbation('mix')).toEqual(new Set(['slow']));
  expect(given(punctuality, 'a', 'slow', 'b')).toHaveLength(2);
  expect(punctuality.onProbation('linearise')).toEqual(new Set());
});

it('waits for one that is slow when there is nobody to compare it with', () => {
  const punctuality = after(20, { slow: 9000 });
  expect(punctuality.onProbation('mix')).toEqual(new Set());
  expect(given(punctuality, 'slow')[0]).toBeGreaterThanOrEqual(9000);
});

it('puts one that falls silent on probation after two rounds, and takes it back when it has been in time for a while', () => {
  const punctuality = after(20, { a: 200, b: 200 });
  run(punctuality, 20, 1, { a: Infinity, b: 200 });
  expect(punctuality.onProbation('mix')).toEqual(new Set());
  run(punctuality, 21, 1, { a: Infinity, b: 200 });
  expect(punctuality.onProbation('mix')).toEqual(new Set(['a']));
  run(punctuality, 22, 3, { a: 200, b: 200 });
  expect(punctuality.onProbation('mix')).toEqual(new Set(['a']));
  run(punctuality, 25, 1, { a: 200, b: 200 });
  expect(punctuality.onProbation('mix')).toEqual(new Set());
});

it('does not take back one that is in time now and then', () => {
  const punctuality = after(60, { a: 200, b: 200, often: [200, 200, 6000] });
  expect(punctuality.onProbation('mix')).toEqual(new Set(['often']));
});

it('does not wait for one that is never late but takes many times as long as the others, nor for its weights until it is as fast again', () => {
  const punctuality = after(8, { a: 40, slow: 600, b: 60 }, 'linearise');
  expect(punctuality.onProbation('linearise')).toEqual(new Set(['slow']));
  expect(punctuality.onProbation('mix')).toEqual(new Set(['slow']));
  expect(punctuality.onProbation('step')).toEqual(new Set());
  run(punctuality, 8, 4, { a: 40, slow: 900, b: 60 }, 'mix');
  expect(punctuality.onProbation('mix')).toEqual(new Set(['slow']));
  expect(punctuality.onProbation('linearise')).toEqual(new Set(['slow']));
  run(punctuality, 12, 4, { a: 40, slow: 60, b: 60 }, 'linearise');
  expect(punctuality.onProbation('linearise')).toEqual(new Set());
  run(punctuality, 16, 1, { a: 40, slow: 60, b: 60 }, 'mix');
  expect(punctuality.onProbation('mix')).toEqual(new Set());
});

it('waits for the weights of one that has missed what comes after, and may be the only neighbour', () => {
  const punctuality = after(8, { a: 40 }, 'linearise');
  run(punctuality, 8, 2, { a: Infinity }, 'linearise');
  expect(punctuality.onProbation('linearise')).toEqual(new Set(['a']));
  expect(punctuality.onProbation('mix')).toEqual(new Set());
});

it('does not call slow what nobody would notice, what others take too, or what waits for others', () => {
  expect(after(20, { a: 4, b: 200 }, 'step').onProbation('step')).toEqual(new Set());
  expect(after(20, { a: 200, b: 900 }, 'step').onProbation('step')).toEqual(new Set());
  expect(after(20, { slow: 900 }, 'step').onProbation('step')).toEqual(new Set());
  expect(after(20, { a: 40, slow: 900 }, 'mix').onProbation('mix')).toEqual(new Set());
  const busy = new Punctuality(30_000);
  busy.worked(500);
  run(busy, 0, 20, { a: 40, slow: 900 }, 'step');
  expect(busy.onProbation('step')).toEqual(new Set());
});

it('learns nothing from a pause', () => {
  const punctuality = after(10, { a: 200 });
  punctuality.ask(wait(10, ['a']), 0);
  punctuality.interrupt();
  punctuality.answered('a', 10, 'mix', 3_600_000);
  expect(given(punctuality, 'a')).toEqual([1500]);
});
