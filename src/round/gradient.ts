/** The round of a gradient method after its mix. */

import { add } from '../math/vectors.ts';
import type { GradientMethod } from '../settings/method.ts';
import { mix } from './iterate.ts';
import { mixable } from './late.ts';
import { type Known, type Mixing, type RoundResult, type Transition } from './state.ts';

/** What a gradient method does after the mix (see round.ts): nothing more, or the addition of its own steps. @returns null before those. */
export function finishMix(known: Known, { order }: GradientMethod, activity: Mixing): Transition | null {
  const { plan, own, answers, missed, descent } = activity;
  if (!descent) return null;
  const { models, late } = mixable(known, activity);
  const { weights } = mix(own, plan, models, known.settings.aggregation, known.settings.start);
  const result: RoundResult = {
    round: plan.round,
    iterate: { weights: order === 'mix-plus-step' ? add(weights, descent) : weights, velocity: null },
    delta: descent,
    evolution: null,
    neighbours: plan.neighbours.flatMap(({ peer }) => (answers.has(peer) ? [peer] : [])),
    missed: [...missed],
    late,
  };
  return { state: { known, activity: { phase: 'idle' } }, effects: [{ type: 'finish', result }] };
}
