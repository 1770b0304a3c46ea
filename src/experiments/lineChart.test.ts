import { expect, test } from 'vitest';
import { lineChart } from './lineChart.ts';

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

test('every line of many has a colour that there is, and no two look alike', () => {
  const series = Array.from({ length: 11 }, (_, k) => ({ label: `${k}`, points: [[1, k / 20] as const], dashed: k === 10 }));
  const svg = lineChart({ title: 'many', xLabel: 'rounds', xScale: 'linear', yRange: [0, 1], series });
  const looks = [...svg.matchAll(/<path class="([^"]+)"/g)].map(([, look]) => look!);
  expect(new Set(looks).size).toBe(11);
  for (const look of looks) expect(svg).toContain(`.${look.split(' ')[0]} { stroke: #`);
});
