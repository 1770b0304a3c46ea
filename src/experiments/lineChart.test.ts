import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineChart, spreadHeights } from './lineChart.ts';

test('labels keep their order and their distance, and stay above the bottom', () => {
  const heights = fc.array(fc.double({ min: 40, max: 350, noNaN: true }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(heights, (given) => {
      const placed = spreadHeights(given, 354);
      const order = given.map((_, i) => i).sort((a, b) => given[a]! - given[b]!);
      const sorted = order.map((i) => placed[i]!);
      sorted.slice(1).forEach((height, i) => expect(height - sorted[i]!).toBeGreaterThanOrEqual(15 - 1e-9));
      expect(Math.max(...placed)).toBeLessThanOrEqual(354);
    }),
  );
});

test('labels that have room stay where they are', () => {
  expect(spreadHeights([300, 100, 200], 354)).toEqual([300, 100, 200]);
});

test.each(['linear', 'log'] as const)('a chart with a %s axis is well-formed, labelled and follows the colour scheme', (xScale) => {
  const points = [0.1, 1, 10].map((x, i) => [x, 0.5 + i / 10] as const);
  const svg = lineChart({
    title: 'a < b',
    xLabel: 'MB',
    xScale,
    yRange: [0.4, 0.9],
    series: [
      { label: 'R & D', points },
      { label: 'reference', points, dashed: true },
    ],
  });
  expect(svg).toContain('aria-label="a &lt; b"');
  expect(svg).toContain('>R &amp; D</text>');
  expect(svg).toContain('prefers-color-scheme: dark');
  expect(svg.match(/<path /g)).toHaveLength(2);
  expect(svg).not.toMatch(/NaN|Infinity/);
});
