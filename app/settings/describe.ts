import { isCentralised } from '../../src/settings/method.ts';
import { presets } from '../../src/settings/presets.ts';
import { isChanging, type PartitionRule, type Settings, type TopologySettings } from '../../src/settings/settings.ts';
import { formatCount } from '../format.ts';

/** Settings in the words of the page. */

export const datasetNames = { 'fashion-mnist': 'Fashion-MNIST', mnist: 'MNIST' } as const;

/** As one chooses between them. */
export const datasetChoices = { 'fashion-mnist': 'clothes (Fashion-MNIST)', mnist: 'digits (MNIST)' } as const;

/** How uneven the shares are under a Dirichlet α. */
export function describeUnevenness(alpha: number): string {
  if (alpha < 0.2) return 'very uneven';
  if (alpha < 0.7) return 'uneven';
  if (alpha < 5) return 'slightly uneven';
  return 'nearly even';
}

/** What a client's share looks like. */
export function describePartition(partition: PartitionRule): string {
  switch (partition.kind) {
    case 'iid':
      return 'even shares';
    case 'dirichlet':
      return `${describeUnevenness(partition.alpha)} shares`;
    case 'shards':
      return `${formatCount(partition.classes, 'class')} each`;
  }
}

export function describeTopology(topology: TopologySettings): string {
  const often = isChanging(topology) ? ', new each round' : '';
  switch (topology.kind) {
    case 'ring':
      return 'ring';
    case 'star':
      return 'star';
    case 'full':
      return 'everyone with everyone';
    case 'k-regular':
      return `${formatCount(topology.degree, 'random neighbour')}${often}`;
    case 'erdos-renyi':
      return `pairs by a chance of ${Math.round(100 * topology.probability)}\u00a0%${often}`;
  }
}

/** What neighbours get and could rebuild, in one sentence. */
export function disclosure({ exchange, method }: Pick<Settings, 'exchange' | 'method'>): string {
  if (isCentralised(method)) return 'Every tab fetches everyone’s images and trains alone: only for comparison, nothing is federated.';
  if (method.kind === 'gradient') {
    return 'Neighbours get your model’s weights and nothing else; something about your images can still be inferred from them.';
  }
  if (exchange === 'factors') {
    return 'Neighbours get your images themselves and their hidden activations; they also see your labels and residuals.';
  }
  return (
    'Neighbours get your images’ average and a seeded projection of each image, from which, with the shared seed, a blurred ' +
    'image can be rebuilt; they also see your labels and residuals.'
  );
}

/** The run in one readable line. */
export function describeSettings(settings: Settings): string {
  const { dataset, samples, sizeSpread, partition, topology, algorithm, method, rounds, exchange, seed } = settings;
  const alpha = partition.kind === 'dirichlet' ? ` (α ${partition.alpha})` : '';
  return [
    `${sizeSpread > 0 ? 'about ' : ''}${samples} images of ${datasetNames[dataset]} each`,
    describePartition(partition) + alpha,
    describeTopology(topology),
    `${formatCount(rounds, 'round')} of ${presets[algorithm].title}`,
    ...(method.kind === 'ntk' ? [exchange === 'sketch' ? 'sketched exchange' : 'exact exchange'] : []),
    `seed ${seed}`,
  ].join(' · ');
}
