import { describe, expect, test } from 'vitest';
import { initialWeights, ModelError } from '../model/model.ts';
import { defaultSettings, type Settings } from '../settings/settings.ts';
import { memorySource, tinyDataset } from '../testing/tinyDataset.ts';
import { DatasetProblems } from './datasetProblems.ts';

const settings: Settings = { ...defaultSettings(), samples: 6, testSamples: 10, hidden: [3], partition: { kind: 'iid' } };
const model = { layers: [4, 3, 2] };
const kept = initialWeights(model, 9);
const digest = 'ab'.repeat(32);

function startOf(changes: Partial<Settings>) {
  const problems = new DatasetProblems(() => memorySource(tinyDataset([20, 20])), new Map([[digest, kept]]));
  return problems.problem({ ...settings, ...changes }, 0, () => undefined).then(({ initialWeights: start }) => start);
}

describe('everyone starts from', () => {
  test('random weights of the seed', async () => expect(await startOf({})).toEqual(initialWeights(model, settings.seed)));

  test('the model that the settings name', async () => expect(await startOf({ initialModel: digest })).toBe(kept));

  test.each<[string, Partial<Settings>, RegExp]>([
    ['that is not here', { initialModel: 'cd'.repeat(32) }, /a model that is not here; open its file, or start from none\.$/],
    ['of other layers', { initialModel: digest, hidden: [4] }, /has other layers than these settings; choose its layers\.$/],
  ])('no model %s', async (_, changes, sentence) => {
    const start = startOf(changes);
    await expect(start).rejects.toThrow(ModelError);
    await expect(start).rejects.toThrow(sentence);
  });
});
