import { describe, expect, it } from 'vitest';
import type { NtkMethod } from '../../../src/settings/method.ts';
import { evolvedBy } from '../../../src/settings/presets.ts';
import { defaultSettings, type Settings } from '../../../src/settings/settings.ts';
import { describeDataset, describePartition, describeSettings, describeTeacher, describeTopology, modelProblem } from './describe.ts';

function taughtByNeighbours(): Settings {
  const settings = defaultSettings();
  const { method } = settings;
  if (method.kind !== 'ntk') throw new Error('the default method has a kernel');
  return { ...settings, method: { ...method, evolution: { ...method.evolution, teacher: 'neighbours' } } };
}

describe('describeSettings', () => {
  it('says the run in one line', () => {
    expect(describeSettings(defaultSettings())).toBe(
      '200 samples of Fashion-MNIST each · slightly uneven shares (α 1) · ring · 10 rounds of SPARKmesh · exchange of sketches' +
        ' · seed 1',
    );
  });

  it('names convolutions, of whose inputs nothing is exchanged', () => {
    expect(describeSettings({ ...defaultSettings(), convolutions: [8, 16] })).toBe(
      '200 samples of Fashion-MNIST each · slightly uneven shares (α 1) · ring · 10 rounds of SPARKmesh' +
        ' · convolutions of 8 and 16 filters · seed 1',
    );
  });

  it('names a mix that does not trust everybody', () => {
    expect(describeSettings({ ...defaultSettings(), aggregation: 'clipped' })).toContain(' · clipped mix · seed 1');
  });

  it('names kernel, step and what holds the weights where they are not the method’s usual ones', () => {
    const settings = defaultSettings();
    const { method } = settings;
    if (method.kind !== 'ntk') throw new Error('the default method has a kernel');
    const told = (changed: Partial<NtkMethod>) => describeSettings({ ...settings, method: { ...method, ...changed } });
    const usual = ' · 10 rounds of SPARKmesh · exchange';
    expect(told({})).toContain(usual);
    const flow = evolvedBy('flow', method.evolution);
    expect(told({ kernel: 'averaged', evolution: flow, pull: 0.02 })).toContain(
      usual.replace(' · exchange', ' · kernel averaged over logits · each step follows the flow · exchange'),
    );
    const free = { ...evolvedBy('ridge', method.evolution), prior: 0 };
    expect(told({ evolution: free })).toContain(usual.replace(' · exchange', ' · weights that grow freely · exchange'));
    // Where another method is usual, so is another kernel.
    const spark = { ...settings, algorithm: 'spark', method: { ...method, evolution: flow } } as const;
    expect(describeSettings({ ...spark, method: { ...spark.method, kernel: 'averaged' } })).toContain(' · 10 rounds of SPARK · exchange');
    expect(describeSettings(spark)).toContain(' · 10 rounds of SPARK · whole kernel · exchange');
  });

  it('names the teacher where it is not the usual one and there is something to teach', () => {
    const settings = taughtByNeighbours();
    expect(describeSettings(settings)).toContain(' · 10 rounds of SPARKmesh · soft labels from the neighbours’ mean · exchange');
    if (settings.method.kind !== 'ntk') throw new Error('the default method has a kernel');
    const evolution = { ...settings.method.evolution, softLabels: [{ fromRound: 0, weight: 0 }] };
    expect(describeSettings({ ...settings, method: { ...settings.method, evolution } })).toBe(describeSettings(defaultSettings()));
  });

  it('leaves out what a gradient method does not exchange', () => {
    const settings: Settings = { ...defaultSettings('dfedavgm'), sizeSpread: 0.5, partition: { kind: 'shards', classes: 2 } };
    expect(describeSettings(settings)).toBe(
      'about 200 samples of Fashion-MNIST each · 2 classes each · ring · 10 rounds of DFedAvgM · seed 1',
    );
  });
});

describe('describeTopology', () => {
  it.each([
    [{ kind: 'k-regular', degree: 3, changing: true }, '3 random neighbours, new each round'],
    [{ kind: 'k-regular', degree: 1, changing: false }, '1 random neighbour'],
    [{ kind: 'erdos-renyi', probability: 0.3, changing: false }, 'pairs by a chance of 30\u00a0%'],
    [{ kind: 'full' }, 'everyone with everyone'],
  ] as const)('%j', (topology, words) => expect(describeTopology(topology)).toBe(words));
});

describe('describeTeacher', () => {
  it('says whether anything is sent, and that one is our reading', () => {
    expect(describeTeacher('mixed')).toMatch(/mixed model .* nothing is sent/);
    expect(describeTeacher('neighbours')).toMatch(/owner and its neighbours .* the owner sends .*our reading/);
  });
});

describe('describePartition', () => {
  it.each([
    [0.03, 'very uneven shares'],
    [0.3, 'uneven shares'],
    [1, 'slightly uneven shares'],
    [10, 'nearly even shares'],
  ])('α %d', (alpha, words) => expect(describePartition({ kind: 'dirichlet', alpha })).toBe(words));
});

describe('describeDataset', () => {
  it('says what there is of what', () => {
    const table = { name: 'mine', kind: 'table', width: 1, height: 1, classes: 2, trainSamples: 1234, testSamples: 9 } as const;
    expect(describeDataset(table)).toBe('1,234 rows of 1 column in 2 classes.');
    expect(describeDataset({ ...table, kind: 'images', width: 28, height: 20 })).toBe('1,234 images of 28 × 20 pixels in 2 classes.');
  });
});

describe('modelProblem', () => {
  const images = { name: 'mine', kind: 'images', width: 28, height: 28, classes: 10, trainSamples: 9, testSamples: 1 } as const;

  it('is a sentence for what cannot be trained, and null for the rest', () => {
    expect(modelProblem({ ...defaultSettings(), convolutions: [8, 16] }, images)).toBeNull();
    const deep = { ...defaultSettings(), convolutions: [1, 1, 1, 1] };
    expect(modelProblem(deep, images)).toMatch(/^Convolution 4 .*; use at most 3\.$/);
    // Of unknown data nothing can be said yet.
    expect(modelProblem(deep, undefined)).toBeNull();
  });
});
