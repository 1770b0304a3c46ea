/** What is on the screen, as SVG that any program shows: colours and letters are written into it. */

import { spread } from '../../../src/math/spread.ts';
import type { ColourToken } from '../../colours.ts';
import type { ChartModel } from '../results/chartModels.ts';
import { lookOf } from '../results/looks.ts';
import { classRows } from '../see/confusion.ts';

/** What a colour of the page is, e.g. `#1c1b1a`. */
export type Palette = (token: ColourToken | '--paper' | '--line') => string;

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

interface TextPlace {
  readonly x: number;
  readonly y: number;
  readonly fill: string;
  readonly size?: number;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly more?: string;
}

const text = (content: string, { x, y, fill, size = 12, anchor = 'start', more = '' }: TextPlace) =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" fill="${fill}" font-size="${size}" text-anchor="${anchor}"${more}>${escaped(content)}</text>`;

function page(width: number, height: number, title: string, palette: Palette, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${palette('--paper')}"/>`,
    text(title, { x: 16, y: 24, fill: palette('--ink'), size: 14, more: ' font-weight="600"' }),
    ...parts,
    '</svg>\n',
  ].join('\n');
}

/** Of a chart, px: the plot lies between, the right side is for the names of the lines. */
const WIDTH = 760;
const HEIGHT = 420;
const frame = { left: 64, right: 590, top: 44, bottom: 372 };
const LABEL_GAP = 16;

/** A chart with its axes, and the lines' names and latest values at their ends. */
export function chartSvg({ title, xName, data, x, y }: ChartModel, palette: Palette): string {
  const { left, right, top, bottom } = frame;
  const across = (value: number) => left + ((right - left) * value) / x.max;
  const down = (value: number) => bottom - (bottom - top) * Math.min(1, value / y.max);
  const quiet = palette('--quiet');
  const grid = y.ticks.flatMap((tick) => [
    `<line x1="${left}" x2="${right}" y1="${down(tick).toFixed(1)}" y2="${down(tick).toFixed(1)}" stroke="${palette('--line')}"/>`,
    text(y.formatTick(tick), { x: left - 8, y: down(tick) + 4, fill: quiet, anchor: 'end' }),
  ]);
  const ticks = x.ticks.map((tick) => text(x.formatTick(tick), { x: across(tick), y: bottom + 20, fill: quiet, anchor: 'middle' }));
  const drawn = data.curves.flatMap((curve) => {
    const points = curve.values.flatMap((value, i) =>
      typeof value === 'number' ? [{ x: across(data.x[i]!), y: down(value), value }] : [],
    );
    return points.length > 0 ? [{ curve, points }] : [];
  });
  const lines = drawn.map(({ curve: { kind, colour }, points }) => {
    const { width, alpha, dash } = { dash: [], ...lookOf(kind) };
    const style = `stroke="${palette(colour)}" stroke-width="${width}" stroke-opacity="${alpha}" stroke-dasharray="${dash.join(' ')}"`;
    return `<polyline fill="none" ${style} points="${points.map((at) => `${at.x.toFixed(1)},${at.y.toFixed(1)}`).join(' ')}"/>`;
  });
  const heights = spread(
    drawn.map(({ points }) => points.at(-1)!.y),
    LABEL_GAP,
    top,
    bottom,
  );
  const labels = drawn.map(({ curve, points }, k) =>
    text(`${y.describe(points.at(-1)!.value)} ${curve.kind === 'other' ? `client ${curve.name}` : curve.name}`, {
      x: right + 10,
      y: heights[k]! + 4,
      fill: palette(curve.colour),
    }),
  );
  const under = text(xName, { x: (left + right) / 2, y: bottom + 40, fill: quiet, anchor: 'middle' });
  return page(WIDTH, HEIGHT, title, palette, [...grid, ...ticks, under, ...lines, ...labels]);
}

/** Of a matrix, px. */
const CELL = 30;
/** A letter of a name, about. */
const LETTER = 7;
/** Above it all. */
const HEAD = 44;
/** The darkest cell is no darker, so that its number can be read. */
const DARKEST = 0.45;

const shortened = (name: string) => (name.length > 20 ? `${name.slice(0, 19)}…` : name);

/** Which classes are taken for which, darker where more are. */
export function matrixSvg(title: string, confusion: readonly number[], names: readonly string[], palette: Palette): string {
  const rows = classRows(confusion, names);
  const corner = 'is ↓ taken for →';
  const room = 16 + LETTER * Math.max(corner.length, ...rows.map(({ name }) => shortened(name).length));
  const [ink, quiet] = [palette('--ink'), palette('--quiet')];
  const columns = rows.map(({ name }, c) => {
    const [x, y] = [room + (c + 0.5) * CELL + 4, HEAD + room - 8];
    return text(shortened(name), { x, y, fill: ink, more: ` transform="rotate(-90 ${x} ${y})"` });
  });
  const cells = rows.flatMap(({ name, samples, right, named }, r) => {
    const y = HEAD + room + r * CELL;
    const middle = y + CELL / 2 + 4;
    return [
      text(shortened(name), { x: room - 8, y: middle, fill: ink, anchor: 'end' }),
      ...named.flatMap((count, c) => {
        const x = room + c * CELL;
        const shade = DARKEST * Math.sqrt(count / Math.max(1, samples));
        const square = `<rect x="${x}" y="${y}" width="${CELL - 1}" height="${CELL - 1}" fill="${ink}" fill-opacity="${shade.toFixed(3)}"/>`;
        return count === 0 ? [] : [square, text(`${count}`, { x: x + CELL / 2, y: middle, fill: ink, anchor: 'middle', size: 11 })];
      }),
      text(right === null ? '–' : `${Math.round(100 * right)} %`, { x: room + rows.length * CELL + 8, y: middle, fill: ink }),
    ];
  });
  const inCorner = text(corner, { x: room - 8, y: HEAD + room - 8, fill: quiet, anchor: 'end' });
  const width = room + rows.length * CELL + 64;
  return page(width, HEAD + room + rows.length * CELL + 16, title, palette, [inCorner, ...columns, ...cells]);
}
