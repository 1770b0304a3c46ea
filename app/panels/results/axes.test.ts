import { describe, expect, it } from 'vitest';
import { niceCeiling } from './axes.ts';

describe('niceCeiling', () => {
  it.each([
    [0, 1],
    [0.7, 1],
    [1, 1],
    [1.1, 2],
    [2.3, 2.5],
    [4, 5],
    [18e6, 20e6],
    [51, 100],
  ])('%d goes up to %d', (value, ceiling) => expect(niceCeiling(value)).toBeCloseTo(ceiling));
});
