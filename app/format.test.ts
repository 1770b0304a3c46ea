import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatBytesBriefly,
  formatCount,
  formatDuration,
  formatList,
  formatLoss,
  formatNumber,
  formatPercent,
  formatRate,
  formatRemaining,
  formatSmallPercent,
  formatWholePercent,
} from './format.ts';

/** No-break spaces as plain ones, to compare with what one reads. */
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [9949, '9.9 kB'],
    [9950, '10 kB'],
    [318_044, '318 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [12_400_000, '12.4 MB'],
    [3_210_000_000, '3.2 GB'],
    [5e15, '5000.0 TB'],
  ])('%d is %s', (bytes, text) => expect(plain(formatBytes(bytes))).toBe(text));

  it('stays within 5 per cent of the bytes, or half a byte', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1e12 }), (bytes) => {
        const [number, unit] = plain(formatBytes(bytes)).split(' ');
        const scale = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 }[unit ?? ''] ?? NaN;
        expect(Math.abs(Number(number) * scale - bytes)).toBeLessThanOrEqual(Math.max(0.5, 0.0501 * bytes));
      }),
    );
  });
});

describe('formatPercent', () => {
  it.each([
    [0, '0.0 %'],
    [0.8412, '84.1 %'],
    [1, '100.0 %'],
  ])('%d is %s', (fraction, text) => expect(plain(formatPercent(fraction))).toBe(text));
});

describe('on axes and of settings', () => {
  it('leaves out what says nothing there', () => {
    expect([20e6, 2.5e6, 4000].map(formatBytesBriefly).map(plain)).toEqual(['20 MB', '2.5 MB', '4 kB']);
    expect([0, 0.3, 1].map(formatWholePercent).map(plain)).toEqual(['0 %', '30 %', '100 %']);
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0.0 s'],
    [437, '0.4 s'],
    [9949, '9.9 s'],
    [9950, '10 s'],
    [59_400, '59 s'],
    [59_600, '1 min 0 s'],
    [192_000, '3 min 12 s'],
    [3_900_000, '1 h 5 min'],
  ])('%d ms is %s', (ms, text) => expect(plain(formatDuration(ms))).toBe(text));
});

describe('formatRemaining', () => {
  it.each([
    [20_000, 'less than a minute left'],
    [110_000, 'about 2 min left'],
    [7_000_000, 'about 2 h left'],
  ])('%d ms is %s', (ms, text) => expect(plain(formatRemaining(ms))).toBe(text));
});

describe('small words', () => {
  it('counts nouns', () => {
    expect([0, 1, 2, 1200].map((n) => formatCount(n, 'tab'))).toEqual(['0 tabs', '1 tab', '2 tabs', '1,200 tabs']);
    expect([1, 2].map((n) => formatCount(n, 'class'))).toEqual(['1 class', '2 classes']);
  });

  it('sets thousands apart, and tells a rate by one decimal', () => {
    expect([7, 2831].map(formatNumber)).toEqual(['7', '2,831']);
    expect(formatRate(15.625)).toBe('15.6');
  });

  it('lists items', () => {
    expect([[], [3], [3, 5], [3, 5, 8]].map(formatList)).toEqual(['', '3', '3 and 5', '3, 5 and 8']);
  });

  it('keeps two decimals of a loss', () => expect(formatLoss(0.4849)).toBe('0.48'));
});

describe('formatSmallPercent', () => {
  it.each([
    [0.00834, '0.83 %'],
    [0.25, '25 %'],
    [0.000012, '0.0012 %'],
    [0, '0 %'],
  ])('%d is %s', (fraction, text) => expect(plain(formatSmallPercent(fraction))).toBe(text));
});
