import { describe, expect, it } from 'vitest';
import { disclosure } from './disclosure.ts';
import { defaultSettings, type Settings } from './settings.ts';

function taughtByNeighbours(): Settings {
  const settings = defaultSettings();
  const { method } = settings;
  if (method.kind !== 'ntk') throw new Error('the default method has a kernel');
  return { ...settings, method: { ...method, evolution: { ...method.evolution, teacher: 'neighbours' } } };
}

describe('disclosure', () => {
  it('is never silent about what a neighbour could rebuild', () => {
    const settings = defaultSettings();
    expect(disclosure({ ...settings, exchange: 'sketch' })).toMatch(/a blurred image can be rebuilt; .* labels and residuals/);
    expect(disclosure({ ...settings, exchange: 'exact' })).toMatch(/your samples themselves .* labels and residuals/);
    expect(disclosure({ ...settings, exchange: 'sketch' }, 64)).toMatch(/your samples themselves, because a sketch hides nothing/);
    expect(disclosure({ ...settings, exchange: 'sketch' }, 65)).toMatch(/a blurred image can be rebuilt/);
    expect(disclosure({ ...settings, convolutions: [8] })).toMatch(/as much as the image itself; .* labels and residuals/);
    expect(disclosure({ ...defaultSettings('dpsgd'), convolutions: [8] })).toMatch(/weights and nothing else/);
    for (const convolutions of [[], [8]]) {
      expect(disclosure({ ...settings, convolutions, exchange: 'weights' })).toMatch(/weights and nothing else/);
    }
    expect(disclosure({ ...settings, exchange: 'projected' })).toMatch(/the sample can be rebuilt .* labels, logits and residuals/);
    expect(disclosure({ ...settings, exchange: 'jacobian' })).toMatch(/the sample is a part of them.* labels, logits and residuals/);
    expect(disclosure(taughtByNeighbours())).toMatch(/labels and residuals\. They are also told what .* your neighbours’ models say/);
    expect(disclosure(settings)).not.toMatch(/also told|Everyone in the room/);
    const task = { kind: 'images', width: 2, height: 2, channels: 1, classNames: ['a', 'b'] } as const;
    expect(disclosure({ ...settings, task: { ...task, classNames: [...task.classNames] } })).toMatch(
      /how many samples of each class you have, and the mean/,
    );
    expect(disclosure(defaultSettings('dpsgd'))).toMatch(/weights and nothing else; .* can still be inferred/);
  });
});
