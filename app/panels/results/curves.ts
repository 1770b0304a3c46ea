import uPlot from 'uplot';
import type { ClientView, Score } from '../../../src/client/view.ts';
import type { Presence } from '../../../src/transport/transport.ts';
import { clientColour, type ColourToken } from '../../colours.ts';

/** From a client's view to lines on a chart: pure, aligned to one x axis. */

export interface Curve {
  readonly key: string;
  /** As written at the line's end, in full and in brief; a client's number for the thin lines of others. */
  readonly name: string;
  readonly short: string;
  readonly colour: ColourToken;
  /** `averaged` lies under `own` under the dashed `mean`, so that all three show where they meet; `other` lines are thin. */
  readonly kind: 'averaged' | 'own' | 'mean' | 'other';
  /** One value for each x; null or undefined where there is none. */
  readonly values: readonly (number | null | undefined)[];
}

export interface Curves {
  readonly x: readonly number[];
  readonly curves: readonly Curve[];
}

/** What the lines are drawn from. */
export interface Scores extends Pick<ClientView, 'own' | 'summaries' | 'self'> {
  readonly others: readonly Presence[];
}

/** Most other clients that get a thin line of their own. */
const MOST_OTHERS = 8;

type MainCurve = Omit<Curve, 'values'>;

const averaged: MainCurve = { key: 'averaged', name: 'averaged model', short: 'averaged', colour: '--ink', kind: 'averaged' };
const mean: MainCurve = { key: 'mean', name: 'mean client', short: 'mean', colour: '--quiet', kind: 'mean' };
const mine: MainCurve = { key: 'own', name: 'this client', short: 'me', colour: '--me', kind: 'own' };

/** One quantity of the scores by round, rounds counted from 1: averaged model, mean, this client, and others' own. */
export function curvesByRound({ own, summaries, self, others }: Scores, quantity: keyof Score, withOthers: boolean): Curves {
  const rounds = [...new Set([...own, ...summaries].map(({ round }) => round))].toSorted((a, b) => a - b);
  const ownOf = new Map(own.map((entry) => [entry.round, entry.score[quantity]]));
  const summaryOf = new Map(summaries.map((summary) => [summary.round, summary]));
  const drawn = withOthers && others.length <= MOST_OTHERS ? others : [];
  const line = (value: (round: number) => number | undefined) => rounds.map(value);
  return {
    x: rounds.map((round) => round + 1),
    curves: [
      ...drawn.map(({ id, number }): Curve => ({
        key: id,
        name: `${number}`,
        short: `${number}`,
        colour: clientColour(number, self.number),
        kind: 'other',
        values: line((round) => summaryOf.get(round)?.clients.find((client) => client.id === id)?.[quantity]),
      })),
      { ...averaged, values: line((round) => summaryOf.get(round)?.averaged[quantity]) },
      { ...mine, values: line((round) => ownOf.get(round)) },
      { ...mean, values: line((round) => summaryOf.get(round)?.mean[quantity]) },
    ],
  };
}

/** Accuracy by training bytes sent so far: the federation's by the mean of its clients, this client's by its own. */
export function accuracyByBytes({ own, summaries }: Pick<ClientView, 'own' | 'summaries'>): Curves {
  const ownBytes = cumulative(own.map(({ bytesSent }) => bytesSent));
  const meanBytes = cumulative(summaries.map(({ bytesSent, clients }) => bytesSent / Math.max(1, clients.length)));
  const [x = [], meanValues = [], averagedValues = [], ownValues = []] = uPlot.join([
    [meanBytes, summaries.map((summary) => summary.mean.accuracy), summaries.map((summary) => summary.averaged.accuracy)],
    [ownBytes, own.map(({ score }) => score.accuracy)],
  ]);
  return {
    x: [...x],
    curves: [
      { ...averaged, values: [...averagedValues] },
      { ...mine, values: [...ownValues] },
      { ...mean, values: [...meanValues] },
    ],
  };
}

function cumulative(values: readonly number[]): number[] {
  let sum = 0;
  return values.map((value) => (sum += value));
}

/** The smallest of 1, 2, 2.5, 5 or 10 times a power of ten that is not below the value: an axis that rarely moves. */
export function niceCeiling(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 2.5, 5].find((step) => step * power >= value) ?? 10);
}
