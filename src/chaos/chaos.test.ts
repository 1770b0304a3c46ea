import { describe, expect, it, vi } from 'vitest';
import type { ClientView } from '../client/view.ts';
import { damagedBytes, damagedValue } from './damage.ts';
import type { Decoder } from './decoders/decoder.ts';
import { decoders, fuzz } from './fuzz.ts';
import { delayed, diverging, failed, rowsKept, unprepared } from './scenarios.ts';
import { Trial } from './trial.ts';
import { VirtualClock } from './virtualClock.ts';
import { Weather } from './weather.ts';

describe('virtual time', () => {
  it('passes from one callback to the next, in their order, and not for one that was cancelled', async () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    const note = (what: string) => () => seen.push(`${what} at ${clock.now()}`);
    clock.after(3000, note('late'));
    clock.after(1000, note('first'));
    clock.after(1000, note('second'));
    clock.after(2000, note('never'))();
    expect(await clock.run(() => seen.length === 2, 60_000)).toBe(true);
    expect(await clock.run(() => false, 1000)).toBe(false);
    expect(clock.now()).toBe(1000);
    await clock.run(() => false, 60_000);
    expect(seen).toEqual(['first at 1000', 'second at 1000', 'late at 3000']);
  });
});

describe('a network with faults', () => {
  it('keeps the frames of a channel in order, however late one is and though some come twice, and is the same for the same seed', () => {
    const clock = { now: () => 0, after: () => () => undefined };
    const arrivals = () => {
      const { deliver } = new Weather(clock, { delay: { part: 0.5, ms: 2000 }, twice: 0.2 }, 3);
      return Array.from({ length: 50 }, () => {
        const verdict = deliver('a', 'b', new Uint8Array(8));
        return typeof verdict === 'object' ? verdict.afterMs : NaN;
      });
    };
    const first = arrivals();
    expect(first).not.toContain(NaN);
    expect(first).toEqual(first.toSorted((a, b) => a - b));
    expect(arrivals()).toEqual(first);
  });
});

describe('a federation', () => {
  it('stands still for less than three seconds when a neighbour freezes, three times at most, and takes it back', async () => {
    const trial = new Trial({ clients: 4, seed: 1, faults: { frozen: { c3: [3000, 9000] } } });
    await trial.start();
    await trial.pass(14_000);
    for (const k of [0, 1, 2]) {
      expect(trial.standstill(k, 0, trial.clock.now())).toBeLessThan(3000);
      const ends = trial.ends[k]!;
      expect(ends.filter((end, i) => i > 0 && end - ends[i - 1]! > 1000)).toHaveLength(3);
      // Then it is known to be late, and nobody waits for it.
      expect(trial.pace(k, 8000, 9000)).toBeGreaterThanOrEqual(4);
    }
    const last = trial.views()[0]!.own.slice(-5);
    for (const { neighbours } of last) expect(neighbours).toContain('c3');
    expect(trial.uncaught).toEqual([]);
    await trial.close();
  });

  describe.each(['f16', 'q8'] as const)('on the wire %s', (wire) => {
    /** What four clients in a ring have come to after twelve rounds in which what they wait for is lost (5 %) and doubled (14 %). */
    async function afterLosses(seed: number): Promise<ClientView[]> {
      const faults = { drop: 1 / 20, twice: 1 / 7, of: ['weights', 'mixed', 'features', 'step'] } as const;
      const trial = new Trial({ clients: 4, seed, faults, settings: { hidden: [160], wire, rounds: 12, deadlineMs: 500 } });
      await trial.start();
      const reached = ({ status }: ClientView) => status.kind === 'finished' && status.why === 'reached';
      expect(await trial.clock.run(() => trial.views().every(reached), 600_000)).toBe(true);
      const views = trial.views();
      await trial.close();
      expect(trial.uncaught).toEqual([]);
      return views;
    }

    it.each([1, 2, 3])('goes on while frames are lost and doubled, and counts who was left out, with seed %i', async (seed) => {
      const views = await afterLosses(seed);
      const own = views.flatMap((view) => view.own);
      const missed = own.flatMap(({ missed: peers }) => peers);
      expect(missed.length).toBeGreaterThan(0);
      // Who loses a frame is back soon: a ring of four has 2 neighbours a client.
      expect(missed.length).toBeLessThan(own.length);
      expect(own.every(({ score }) => Number.isFinite(score.loss))).toBe(true);
      expect(views.every(({ notice }) => notice === null)).toBe(true);
    });

    it('does the same again with the same seed, and something else with another', async () => {
      const histories = [];
      for (const seed of [1, 1, 2]) histories.push((await afterLosses(seed)).map(({ own, summaries }) => ({ own, summaries })));
      const [first, again, other] = histories;
      expect(again).toEqual(first);
      expect(other).not.toEqual(first);
    });
  });

  // Virtual time does not mind a busy machine; a test's own limit would.
  it.each([failed, diverging, unprepared, delayed])(
    'keeps to what must hold with $name',
    async ({ run }) => {
      for (const { name, measured, holds } of await run(1)) expect([name, measured, holds]).toEqual([name, measured, true]);
    },
    300_000,
  );
});

it('a round that nobody summed up is a row lost, between others or at the end, and so is one that was summed up of fewer rows', async () => {
  const trial = new Trial({ clients: 3, seed: 1, settings: { deadlineMs: 1000 } });
  await trial.start();
  await trial.pass(6000);
  const views = trial.views();
  const given = (change: (summaries: ClientView['summaries']) => ClientView['summaries']) => {
    vi.spyOn(trial, 'views').mockReturnValue(views.map((view) => ({ ...view, summaries: change(view.summaries) })));
    return rowsKept(trial);
  };
  const words = (unsummed: RegExp) => ({ holds: false, measured: expect.stringMatching(unsummed) });
  expect(given((summaries) => summaries)).toMatchObject({ holds: true });
  expect(given((summaries) => summaries.filter(({ round }) => round !== 1))).toMatchObject(words(/^3 rounds without/));
  expect(given((summaries) => summaries.filter(({ round }) => round < 2))).toMatchObject(words(/^[1-9]\d* rounds without/));
  expect(given(([first, ...others]) => [{ ...first!, confusion: [1] }, ...others])).toMatchObject(words(/^0 .*, 3 summaries that lack/));
  await trial.close();
});

describe('fuzzing', () => {
  /** Of a schema's answer, that it is no. */
  const isFailed = (answer: unknown) => typeof answer === 'object' && answer !== null && 'success' in answer && answer.success === false;

  it.each(decoders.map((decoder) => [decoder.name, decoder] as const))(
    'finds that %s are understood, or refused in words',
    async (_, decoder) => {
      expect(await fuzz(decoder, 1, 200)).toBeNull();
    },
  );

  it.each(decoders.map((decoder) => [decoder.name, decoder] as const))('begins with some of %s that are understood', async (_, decoder) => {
    const answers: unknown[] = [];
    switch (decoder.of) {
      case 'bytes':
        for (const bytes of decoder.valid) answers.push(await decoder.decode(Uint8Array.from(bytes)));
        break;
      case 'json':
        for (const value of decoder.valid) answers.push(await decoder.decode(JSON.stringify(value)));
        break;
      case 'values':
        for (const value of decoder.valid) answers.push(await decoder.decode(structuredClone(value)));
    }
    for (const answer of answers) expect(answer === null || answer === false || isFailed(answer)).toBe(false);
  });

  const breaking = (decode: () => unknown): Decoder => ({ name: 'all', of: 'json', valid: [{ n: 1 }], decode, refusals: [RangeError] });

  it('finds an error that is no refusal, at once or later, and the input that it takes', async () => {
    const broken = (error: Error) => () => {
      throw error;
    };
    expect(await fuzz(breaking(broken(new RangeError('too large'))), 1, 50)).toBeNull();
    expect(await fuzz(breaking(broken(new TypeError('of undefined'))), 1, 50)).toMatch(/^all broke with TypeError: of undefined/);
    expect(
      await fuzz(
        breaking(() => Promise.reject(new TypeError('later'))),
        1,
        50,
      ),
    ).toMatch(/TypeError: later/);
  });

  it('damages copies', () => {
    const value = { list: [1, { deep: 'x' }], map: new Map([['a', Float32Array.of(1)]]) };
    const before = structuredClone(value);
    const results = Array.from({ length: 40 }, (_, i) => {
      const at = i / 40;
      return (['odd', 'exchange', 'remove'] as const).map((kind) => damagedValue(value, [{ kind, at, from: 1 - at - 0.01, odd: NaN }]));
    }).flat();
    expect(value).toEqual(before);
    expect(new Set(results.map((result) => JSON.stringify(result))).size).toBeGreaterThan(10);
    const bytes = Uint8Array.of(1, 2, 3, 4);
    const other = Uint8Array.of(9);
    const damage = (kind: 'change' | 'cut' | 'insert' | 'repeat') => [...damagedBytes(bytes, { kind, at: 0.5, bytes: other })];
    expect(damage('change')).toEqual([1, 2, 9, 4]);
    expect(damage('cut')).toEqual([1, 2, 4]);
    expect(damage('insert')).toEqual([1, 2, 9, 3, 4]);
    expect(damage('repeat')).toEqual([1, 2, 3, 4, 3, 4]);
    expect([...bytes]).toEqual([1, 2, 3, 4]);
  });
});
