import fc from 'fast-check';
import { expect, test } from 'vitest';
import { integrate, StepSizeError, type System } from './chebyshev.ts';

/** y' = b - A y with a diagonal A, whose solution is known; and how many slopes were asked for. */
function decay(rates: readonly number[], rest: readonly number[]): { system: System; slopes: () => number } {
  let slopes = 0;
  const slope = (y: Float32Array) => {
    slopes++;
    return Promise.resolve(Float32Array.from(rates, (rate, i) => rate * (rest[i]! - y[i]!)));
  };
  return { system: { slope, length: rates.length }, slopes: () => slopes };
}

const solution = (rates: readonly number[], rest: readonly number[], start: readonly number[], time: number) =>
  rates.map((rate, i) => rest[i]! + (start[i]! - rest[i]!) * Math.exp(-rate * time));

const furthest = (a: ArrayLike<number>, b: readonly number[]) => Math.max(...b.map((value, i) => Math.abs(value - a[i]!)));

test('a stiff linear system is followed to every time, as its matrix exponential has it', async () => {
  const rates = Array.from({ length: 40 }, (_, i) => 10 ** (i / 10 - 3));
  const rest = rates.map((_, i) => Math.sin(i));
  const start = rates.map((_, i) => Math.cos(3 * i));
  const { system } = decay(rates, rest);
  const times = [0.5, 20, 300, 301];
  for (const [tolerance, error] of [
    [1e-2, 2e-2],
    [1e-4, 1e-3],
  ] as const) {
    const states = await integrate(system, Float32Array.from(start), times, tolerance);
    expect(states).toHaveLength(4);
    states.forEach((state, k) => expect(furthest(state, solution(rates, rest, start, times[k]!))).toBeLessThan(error));
  }
});

test('the square root of the stiffness is paid for, where an Euler step would pay the whole', async () => {
  const paid = async (stiffness: number) => {
    const { system, slopes } = decay([stiffness, 1, 0.01], [0, 0, 0]);
    await integrate(system, Float32Array.of(1, 1, 1), [100], 1e-2);
    return slopes();
  };
  const [soft, stiff] = [await paid(10), await paid(1000)];
  expect(stiff).toBeGreaterThan(soft);
  expect(stiff).toBeLessThan(10 * soft);
  // Euler's steps are stable up to 2 / 1000: 50,000 of them.
  expect(stiff).toBeLessThan(2500);
});

test('the result does not depend on the tolerance beyond it, nor on the times on the way', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.double({ min: -3, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 }),
      fc.double({ min: 0.1, max: 100, noNaN: true }),
      fc.constantFrom(1e-2, 1e-3, 1e-4),
      async (exponents, end, tolerance) => {
        const rates = exponents.map((exponent) => 10 ** exponent);
        const start = rates.map((_, i) => (i % 2 === 0 ? 1 : -1));
        const rest = rates.map((_, i) => 0.1 * i);
        const expected = solution(rates, rest, start, end);
        for (const times of [[end], [end / 7, end / 3, end]]) {
          const states = await integrate(decay(rates, rest).system, Float32Array.from(start), times, tolerance);
          expect(furthest(states.at(-1)!, expected)).toBeLessThan(20 * tolerance);
        }
      },
    ),
    { numRuns: 50 },
  ));

test('what is carried along is integrated with the rest, and asks for no shorter steps', async () => {
  const slopes = { plain: 0, with: 0 };
  const plain: System = {
    length: 1,
    slope: (y) => {
      slopes.plain++;
      return Promise.resolve(Float32Array.of(-y[0]!));
    },
  };
  const carrying: System = {
    length: 1,
    slope: (y) => {
      slopes.with++;
      return Promise.resolve(Float32Array.of(-y[0]!, 1000 * y[0]!));
    },
  };
  const [alone] = await integrate(plain, Float32Array.of(1), [5], 1e-4);
  const [state] = await integrate(carrying, Float32Array.of(1, 0), [5], 1e-4);
  expect(state![0]).toBe(alone![0]);
  expect(slopes.with).toBe(slopes.plain);
  expect(state![1]! / 1000).toBeCloseTo(1 - Math.exp(-5), 3);
});

test('what is at rest stays there, and what is not finite is refused', async () => {
  const { system } = decay([3, 2], [1, -1]);
  expect(await integrate(system, Float32Array.of(1, -1), [10, 20], 1e-3)).toEqual([Float32Array.of(1, -1), Float32Array.of(1, -1)]);
  await expect(integrate(system, Float32Array.of(NaN, 0), [10], 1e-3)).rejects.toThrow(StepSizeError);
});
