/** The sizes of a run's messages, from its settings. */

import { classCount, featureWidths, inputWidth, parameterCount } from '../../model/model.ts';
import type { RunShape } from '../../protocol/shape.ts';
import { choicesOf, neighboursTeach, sendsVelocity } from '../../settings/method.ts';
import { featureForm, kernelInputs, sharesSamples, type Settings } from '../../settings/settings.ts';
import type { Problem } from '../problem.ts';

/** The sizes that messages of a run have. */
export function shapeOf(run: string, settings: Settings, { model, own }: Problem): RunShape {
  const { method, sketchSize } = settings;
  const width = inputWidth(model);
  return {
    run,
    ownSamples: own.labels.length,
    parameters: parameterCount(model),
    inputWidth: width,
    classes: classCount(model),
    features: sharesSamples(settings) ? featureWidths(model, featureForm(settings)) : null,
    inputs: kernelInputs(settings),
    sketchSize: Math.min(sketchSize, width),
    rounds: settings.rounds,
    choices: choicesOf(method),
    velocity: sendsVelocity(method),
    isTaught: (round) => neighboursTeach(method, round),
  };
}
