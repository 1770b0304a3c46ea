/** What an exchange tells neighbours of a client's samples, in words: its price. */

import { isCentralised, isTaughtByNeighbours } from './method.ts';
import { sharesSamples, type Settings } from './settings.ts';

/**
 * What neighbours get and could rebuild, in a sentence or two.
 * @param values of a sample, where they are known: a sketch as large as they are hides nothing.
 */
export function disclosure(settings: Settings, values?: number): string {
  const ofSamples = sampleDisclosure(settings, values);
  const ofTeaching = isTaughtByNeighbours(settings.method)
    ? [' They are also told what your model and your neighbours’ models say of each of your samples on average.']
    : [];
  return [ofSamples, ...ofTeaching, ...(settings.task ? [ownDisclosure] : [])].join('');
}

const ownDisclosure =
  ' Everyone in the room is told how many samples of each class you have, and the mean and spread of each channel or column of numbers.';

const weightsDisclosure =
  'Neighbours get your model’s weights and nothing else; something about your samples can still be inferred from them.';

function sampleDisclosure(settings: Settings, values: number | undefined): string {
  const { method, convolutions, exchange, sketchSize } = settings;
  if (isCentralised(method)) return 'Every tab fetches everyone’s samples and trains alone: only for comparison, nothing is federated.';
  if (!sharesSamples(settings)) {
    return weightsDisclosure;
  }
  if (convolutions.length > 0) {
    return (
      'Neighbours get each sample’s activations, and its derivatives in the convolutions, which tell about as much as the image ' +
      'itself; they also see your labels and residuals.'
    );
  }
  switch (exchange) {
    case 'weights':
      return weightsDisclosure;
    case 'exact':
      return 'Neighbours get your samples themselves and their hidden activations; they also see your labels and residuals.';
    case 'sketch':
      return values !== undefined && values <= sketchSize
        ? 'Neighbours get your samples themselves, because a sketch hides nothing of so few values; they also see your labels and ' +
            'residuals.'
        : 'Neighbours get your samples’ average and a seeded projection of each, from which, with the shared seed, a blurred image ' +
            'can be rebuilt; they also see your labels and residuals.';
    case 'projected':
      return (
        'Neighbours get a seeded projection of the derivatives at each sample: with the shared seed, the sample can be rebuilt ' +
        'from enough of its dimensions; they also see your labels, logits and residuals.'
      );
    case 'jacobian':
      return (
        'Neighbours get the derivatives at each sample, and the sample is a part of them: the first layer’s, divided by its ' +
        'bias’s; they also see your labels, logits and residuals. For small models only.'
      );
  }
}
