/** Line charts as SVG that reads on light and dark pages alike: its own style sheet follows the reader's colour scheme. */

import { scaleLinear, scaleLog } from 'd3-scale';
import { line } from 'd3-shape';
import { spread } from '../math/spread.ts';

export interface Series {
  readonly label: string;
  /** (x, y) with y in 0 .. 1. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Drawn dashed: a reference rather than a competitor. */
  readonly dashed?: boolean;
}

export interface Figure {
  readonly title: string;
  readonly xLabel: string;
  readonly xScale: 'linear' | 'log';
  readonly yRange: readonly [number, number];
  readonly series: readonly Series[];
}

const WIDTH = 720;
const HEIGHT = 400;
const MARGIN = { top: 40, right: 185, bottom: 46, left: 52 };
/** Between two labels at the lines' ends, pixels. */
const LINE_HEIGHT = 15;

/** Okabe and Ito's colours, told apart without red and green; the first of each pair is for light pages. */
const palette = [
  ['#0072b2', '#56b4e9'],
  ['#d55e00', '#ff9d5c'],
  ['#009e73', '#3ecfa3'],
  ['#aa4499', '#e39bd0'],
  ['#8a6d00', '#e6c229'],
  ['#444444', '#bbbbbb'],
  ['#5b3ea8', '#b39ddb'],
  ['#00808a', '#66d0d8'],
] as const;

const style = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328; }
  .title { font-size: 14px; font-weight: 600; }
  .grid { stroke: #d0d7de; stroke-width: 1; }
  path { fill: none; stroke-width: 2; stroke-linejoin: round; }
  .dotted { stroke-dasharray: 0 4; stroke-linecap: round; }
  .dashed { stroke-dasharray: 5 4; stroke-width: 1.5; }
  ${palette.map(([light], i) => `.s${i} { stroke: ${light}; } text.s${i} { stroke: none; fill: ${light}; }`).join('\n  ')}
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .grid { stroke: #3d444d; }
    ${palette.map(([, dark], i) => `.s${i} { stroke: ${dark}; } text.s${i} { stroke: none; fill: ${dark}; }`).join('\n    ')}
  }`;

/** How the i-th line is drawn: where colours are all taken they come again, dotted. */
function looksOf({ dashed }: Series, i: number): string {
  const colour = `s${i % palette.length}`;
  if (dashed) return `${colour} dashed`;
  return i < palette.length ? colour : `${colour} dotted`;
}

const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export function lineChart({ title, xLabel, xScale, yRange, series }: Figure): string {
  const xs = series.flatMap(({ points }) => points.map(([x]) => x));
  const domain = [Math.min(...xs), Math.max(...xs)];
  const inner = { left: MARGIN.left, right: WIDTH - MARGIN.right, top: MARGIN.top, bottom: HEIGHT - MARGIN.bottom };
  const x = (xScale === 'log' ? scaleLog() : scaleLinear()).domain(domain).range([inner.left, inner.right]);
  const y = scaleLinear().domain(yRange).range([inner.bottom, inner.top]);
  const path = line<readonly [number, number]>(
    ([at]) => x(at),
    ([, value]) => y(value),
  ).digits(1);
  const ends = series.map(({ points }) => y(Math.max(points.at(-1)?.[1] ?? 0, yRange[0])) + 4);
  const labels = spread(ends, LINE_HEIGHT, inner.top, inner.bottom);
  const xTicks = xScale === 'log' ? x.ticks(4).filter((tick) => /^[125]/.test(tick.toExponential())) : x.ticks(8);
  const rows = [
    ...y.ticks(6).map((tick) => {
      const at = y(tick).toFixed(1);
      return (
        `<line class="grid" x1="${inner.left}" x2="${inner.right}" y1="${at}" y2="${at}"/>` +
        `<text x="${inner.left - 8}" y="${(y(tick) + 4).toFixed(1)}" text-anchor="end">${tick.toFixed(2)}</text>`
      );
    }),
    ...xTicks.map((tick) => `<text x="${x(tick).toFixed(1)}" y="${inner.bottom + 18}" text-anchor="middle">${tick}</text>`),
    // What lies below the range is cut off, not drawn along its edge.
    `<clipPath id="plot"><rect x="0" y="0" width="${WIDTH}" height="${inner.bottom}"/></clipPath>`,
    '<g clip-path="url(#plot)">',
    ...series.map((one, i) => `<path class="${looksOf(one, i)}" d="${path(one.points) ?? ''}"/>`),
    '</g>',
    ...series.map(
      ({ label }, i) => `<text class="s${i % palette.length}" x="${inner.right + 8}" y="${labels[i]!.toFixed(1)}">${escape(label)}</text>`,
    ),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escape(title)}">`,
    `<style>${style}\n</style>`,
    `<text class="title" x="${inner.left}" y="22">${escape(title)}</text>`,
    ...rows,
    `<text x="${(inner.left + inner.right) / 2}" y="${HEIGHT - 8}" text-anchor="middle">${escape(xLabel)}</text>`,
    '</svg>',
    '',
  ].join('\n');
}
