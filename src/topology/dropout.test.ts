import { expect, test } from 'vitest';
import { dropsOut } from './dropout.ts';

test('a client drops out of the given part of all rounds, the same for everyone who asks', () => {
  const settings = { seed: 3, dropout: 0.3 };
  const rounds = Array.from({ length: 4000 }, (_, k) => dropsOut(settings, k % 40, Math.floor(k / 40)));
  const part = rounds.filter(Boolean).length / rounds.length;
  // Five standard deviations of a binomial draw.
  expect(Math.abs(part - 0.3)).toBeLessThan(5 * Math.sqrt((0.3 * 0.7) / 4000));
  expect(rounds).toEqual(Array.from({ length: 4000 }, (_, k) => dropsOut(settings, k % 40, Math.floor(k / 40))));
  expect(dropsOut({ seed: 3, dropout: 0 }, 0, 0)).toBe(false);
});
