/** From a client's view to lines on a chart: each by its own points, then all over one x axis. */

import uPlot from 'uplot';
import type { ClientView, Score } from '../../../src/client/view.ts';
import type { Presence } from '../../../src/transport/transport.ts';
import { clientColour, type ColourToken } from '../../colours.ts';
import type { LineKind } from './looks.ts';

/** What a line is called and how it is drawn, whatever its values. */
interface Label {
  readonly key: string;
  /** As written at the line's end, in full and in brief; a client's number for the thin lines of others. */
  readonly name: string;
  readonly short: string;
  readonly colour: ColourToken;
  readonly kind: LineKind;
}

/** A line by its own points, x ascending. */
export interface Line {
  readonly label: Label;
  readonly x: number[];
  /** One value for each x; null where there is none. */
  readonly y: (number | null)[];
}

/** A line over the common x axis of its chart. */
export interface Curve extends Label {
  /** One value for each x; undefined where there is none. */
  readonly values: readonly (number | null | undefined)[];
}

export interface Curves {
  readonly x: readonly number[];
  /** From the lowest to the topmost. */
  readonly curves: readonly Curve[];
}

/** What the lines are drawn from. */
export interface Scores extends Pick<ClientView, 'own' | 'summaries' | 'self' | 'alone'> {
  readonly others: readonly Presence[];
}

/** Most other clients that get a thin line of their own. */
const MOST_OTHERS = 8;

export const averagedLabel: Label = { key: 'averaged', name: 'averaged model', short: 'averaged', colour: '--ink', kind: 'averaged' };
const mean: Label = { key: 'mean', name: 'mean client', short: 'mean', colour: '--quiet', kind: 'mean' };
const alone: Label = { key: 'alone', name: 'me alone', short: 'alone', colour: '--me', kind: 'alone' };
const mine: Label = { key: 'own', name: 'this client', short: 'me', colour: '--me', kind: 'own' };

/** More a line would not show. */
const MOST_POINTS = 200;

/** The places of a long list that are drawn: evenly spaced ones and the last, so that drawing costs no more as a run goes on. */
function drawnOf(count: number): number[] {
  const step = Math.ceil(count / MOST_POINTS);
  const places: number[] = [];
  for (let k = 0; k < count; k += step) places.push(k);
  if (count > 0 && places.at(-1) !== count - 1) places.push(count - 1);
  return places;
}

const thinned = <T>(list: readonly T[]): T[] => drawnOf(list.length).map((k) => list[k]!);

/** Sets lines that may have points at different x over all of their x. */
export function aligned(lines: readonly Line[]): Curves {
  const [x = [], ...values] = uPlot.join(lines.map(({ x: own, y }) => [own, y]));
  return { x: [...x], curves: lines.map(({ label }, k) => ({ ...label, values: [...(values[k] ?? [])] })) };
}

/** One quantity of the scores by round, rounds counted from 1: averaged model, mean, this client, what it reached alone, and others' own. */
export function curvesByRound(
  { own, summaries, self, others, alone: compared }: Scores,
  quantity: keyof Score,
  withOthers: boolean,
): Curves {
  const drawn = thinned(summaries);
  const rounds = drawn.map(({ round }) => round + 1);
  const mineDrawn = thinned(own);
  const ofOthers = withOthers && others.length <= MOST_OTHERS ? others : [];
  return aligned([
    ...ofOthers.map(({ id, number }): Line => ({
      label: { key: id, name: `${number}`, short: `${number}`, colour: clientColour(number, self.number), kind: 'other' },
      x: rounds,
      y: drawn.map(({ clients }) => clients.find((scored) => scored.id === id)?.[quantity] ?? null),
    })),
    { label: averagedLabel, x: rounds, y: drawn.map(({ averaged }) => averaged[quantity]) },
    { label: mine, x: mineDrawn.map(({ round }) => round + 1), y: mineDrawn.map(({ score }) => score[quantity]) },
    ...(compared ? [aloneLine(compared.scores, quantity)] : []),
    { label: mean, x: rounds, y: drawn.map((summary) => summary.mean[quantity]) },
  ]);
}

function aloneLine(scores: readonly Score[], quantity: keyof Score): Line {
  const drawn = drawnOf(scores.length);
  return { label: alone, x: drawn.map((k) => k + 1), y: drawn.map((k) => scores[k]![quantity]) };
}

/** Accuracy by training bytes sent so far: the federation's by the mean of its clients, this client's by its own. */
export function accuracyByBytes({ own, summaries }: Pick<ClientView, 'own' | 'summaries'>): Curves {
  const drawn = drawnOf(summaries.length);
  const mineDrawn = drawnOf(own.length);
  const bytes = sumsUpTo(drawn, summaries, ({ bytesSent, clients }) => bytesSent / Math.max(1, clients.length));
  return aligned([
    { label: averagedLabel, x: bytes, y: drawn.map((k) => summaries[k]!.averaged.accuracy) },
    { label: mine, x: sumsUpTo(mineDrawn, own, ({ bytesSent }) => bytesSent), y: mineDrawn.map((k) => own[k]!.score.accuracy) },
    { label: mean, x: bytes, y: drawn.map((k) => summaries[k]!.mean.accuracy) },
  ]);
}

/** What a list's items come to, all together, up to each of these places and with it. @param places ascending. */
function sumsUpTo<T>(places: readonly number[], list: readonly T[], valueOf: (item: T) => number): number[] {
  let [sum, next] = [0, 0];
  return places.map((place) => {
    while (next <= place) sum += valueOf(list[next++]!);
    return sum;
  });
}
