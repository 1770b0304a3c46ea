/** The charts of a run: what is drawn, along which axes. */

import type { GlossaryTerm } from '../../glossary.ts';
import { accuracyAxis, bytesAxis, ends, lossAxis, roundAxis, smallAccuracyAxis, type Axis } from './axes.ts';
import { accuracyByBytes, curvesByRound, type Curves, type Scores } from './curves.ts';

export interface ChartModel {
  readonly title: string;
  readonly term: GlossaryTerm;
  /** What is along each axis, in a word or two. */
  readonly xName: string;
  readonly yName: 'accuracy' | 'loss';
  readonly data: Curves;
  readonly x: Axis;
  readonly y: Axis;
  /** `large` labels have their name under the value, and clients' marks beside them. */
  readonly labels: 'large' | 'small';
  /** Charts of one group move their cursors together. */
  readonly group: string;
}

/** @param rounds of the whole run. */
export function chartsOf(scores: Scores, rounds: number): readonly ChartModel[] {
  const byRound = roundAxis(rounds);
  const loss = curvesByRound(scores, 'loss', false);
  const bytes = accuracyByBytes(scores);
  return [
    {
      title: 'Accuracy by round',
      term: 'accuracy',
      xName: 'round',
      yName: 'accuracy',
      data: curvesByRound(scores, 'accuracy', true),
      x: byRound,
      y: accuracyAxis,
      labels: 'large',
      group: 'rounds',
    },
    {
      title: 'Loss by round',
      term: 'loss',
      xName: 'round',
      yName: 'loss',
      data: loss,
      x: ends(byRound),
      y: lossAxis(loss),
      labels: 'small',
      group: 'rounds',
    },
    {
      title: 'Accuracy by bytes a client',
      term: 'cost',
      xName: 'bytes a client',
      yName: 'accuracy',
      data: bytes,
      x: bytesAxis(bytes, scores.summaries.length, rounds),
      y: smallAccuracyAxis,
      labels: 'small',
      group: 'bytes',
    },
  ];
}
