/** Settings in the words of the page. */

import { ModelError } from '../../../src/model/model.ts';
import { holdsWeights, isTaughtByNeighbours, type EvolutionSettings, type Method } from '../../../src/settings/method.ts';
import { modelOf } from '../../../src/settings/model.ts';
import { presets } from '../../../src/settings/presets.ts';
import { isChanging, type PartitionRule, type Settings, type TopologySettings } from '../../../src/settings/settings.ts';
import { taskWidth } from '../../../src/settings/task.ts';
import type { CatalogueEntry } from '../../../src/data/catalogue.ts';
import { formatCount, formatWholePercent } from '../../format.ts';

const titles = new Map([
  ['fashion-mnist', 'Fashion-MNIST'],
  ['mnist', 'MNIST'],
]);

/** A dataset as people write it; one of their own is called as they called it. */
export const datasetTitle = (name: string) => titles.get(name) ?? name;

/** What a dataset has. */
export function describeDataset({ kind, width, height, classes, trainSamples }: CatalogueEntry): string {
  const rows = kind === 'images' ? formatCount(trainSamples, 'image') : formatCount(trainSamples, 'row');
  const each = kind === 'images' ? `${width} × ${height} pixels` : formatCount(width, 'column');
  return `${rows} of ${each} in ${formatCount(classes, 'class')}.`;
}

/** What neighbours get of one's samples. */
export const exchangeNames = {
  sketch: 'sketches',
  exact: 'exact samples',
  projected: 'projected Jacobians',
  jacobian: 'whole Jacobians',
  weights: 'weights alone',
} as const;

/** Who gives the soft labels. */
export const teacherNames = { mixed: 'the mixed model', neighbours: 'the neighbours’ mean' } as const;

/** What that means, in one sentence. */
export function describeTeacher(teacher: EvolutionSettings['teacher']): string {
  switch (teacher) {
    case 'mixed':
      return 'Learning stays close to what the mixed model says of all samples, and nothing is sent for it.';
    case 'neighbours':
      return (
        'Learning stays close to what the models of each sample’s owner and its neighbours say on average, which the owner sends ' +
        '(our reading of the paper’s “neighbours’ mean”).'
      );
  }
}

/** What the kernel knows of how one logit's step moves another: all, or nothing. */
export const kernelNames = { whole: 'whole', averaged: 'averaged over logits' } as const;

/** How a step is found. */
export const evolutionNames = { ridge: 'is solved for', flow: 'follows the flow', timed: 'is the best of several times' } as const;

/** What becomes of the weights in the long run. */
export const pullNames = { free: 'grow freely', pulled: 'are held back' } as const;

/** What that means, in one sentence. */
export function describeStep(evolution: EvolutionSettings): string {
  switch (evolution.kind) {
    case 'ridge':
      return 'The one step that fits all samples best, held back a little.';
    case 'flow':
      return 'Towards what fits all samples, for a number of small steps.';
    case 'timed':
      return `Towards what fits all samples, until the time, of ${evolution.times.join(', ')}, at which the own samples are fitted best.`;
  }
}

export const aggregationNames = { mean: 'plain', clipped: 'clipped', nearest: 'nearest', trimmed: 'trimmed', median: 'median' } as const;

/** Whom a mix trusts, in one sentence. */
export function describeAggregation(aggregation: Settings['aggregation']): string {
  switch (aggregation) {
    case 'mean':
      return 'The mean of all neighbours’ models: whoever sends a wrong one moves everyone’s.';
    case 'clipped':
      return 'No neighbour’s model pulls further than the middle one does, so that a few wrong ones do little.';
    case 'nearest':
      return 'The mean of the half of the models that are nearest to one’s own, so that wrong ones far away count for nothing.';
    case 'trimmed':
      return 'The mean of each weight without the largest and smallest fifth, so that a few wrong ones do little.';
    case 'median':
      return 'The middle one of each weight, so that wrong ones do little while most are right.';
  }
}

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
      return `pairs by a chance of ${formatWholePercent(topology.probability)}${often}`;
  }
}

/** What a model is given, and tells apart. */
export type SampleShape = Parameters<typeof modelOf>[1];

/** What samples a run has: of its task, or of its dataset, where this page's server has it. */
export function samplesOf({ task, dataset }: Settings, entries: readonly CatalogueEntry[] | null): SampleShape | undefined {
  if (!task) return entries?.find(({ name }) => name === dataset);
  const classes = task.classNames.length;
  return task.kind === 'images' ? { ...task, classes } : { width: taskWidth(task), height: 1, classes };
}

/**
 * Why there is no model of these settings, in one sentence; null where there is one.
 * @param samples what is known of them, if anything.
 */
export function modelProblem(settings: Settings, samples: SampleShape | undefined): string | null {
  if (!samples) return null;
  try {
    modelOf(settings, samples);
    return null;
  } catch (error) {
    if (error instanceof ModelError) return error.message;
    throw error;
  }
}

/** Where the method's kernel, its step and what holds its weights are not its preset's. */
function describeChanges(method: Method, preset: Method): string[] {
  if (method.kind !== 'ntk' || preset.kind !== 'ntk') return [];
  const isHeld = holdsWeights(method);
  return [
    ...(method.kernel === preset.kernel ? [] : [method.kernel === 'whole' ? 'whole kernel' : 'kernel averaged over logits']),
    ...(method.evolution.kind === preset.evolution.kind ? [] : [`each step ${evolutionNames[method.evolution.kind]}`]),
    ...(isHeld === holdsWeights(preset) ? [] : [`weights that ${pullNames[isHeld ? 'pulled' : 'free']}`]),
  ];
}

/** The run in one readable line. */
export function describeSettings(settings: Settings): string {
  const { task, dataset, samples, sizeSpread, partition, topology, algorithm, method, rounds, convolutions, exchange, aggregation, seed } =
    settings;
  const alpha = partition.kind === 'dirichlet' ? ` (α ${partition.alpha})` : '';
  return [
    ...(task
      ? [`up to ${samples} samples of one’s own each`]
      : [`${sizeSpread > 0 ? 'about ' : ''}${samples} samples of ${datasetTitle(dataset)} each`, describePartition(partition) + alpha]),
    describeTopology(topology),
    `${formatCount(rounds, 'round')} of ${presets[algorithm].title}`,
    ...describeChanges(method, presets[algorithm].method),
    ...(isTaughtByNeighbours(method) ? [`soft labels from ${teacherNames.neighbours}`] : []),
    ...(convolutions.length > 0 ? [`convolutions of ${convolutions.join(' and ')} filters`] : []),
    ...(method.kind === 'ntk' && (convolutions.length === 0 || exchange === 'weights') ? [`exchange of ${exchangeNames[exchange]}`] : []),
    ...(aggregation === 'mean' ? [] : [`${aggregationNames[aggregation]} mix`]),
    `seed ${seed}`,
  ].join(' · ');
}
