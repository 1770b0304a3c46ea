import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { weightsDigest } from '../export/digest.ts';
import type { SavedModel } from '../export/savedModel.ts';
import { prepareData } from '../datasets/prepareData.ts';
import { writeModel } from '../runner/takeHome.ts';
import { modelFor } from '../testing/savedModels.ts';
import { UsageError } from './commandLine.ts';
import { parseSimulation } from './options.ts';
import { readyRun } from './runModels.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sparkmesh-start-'));
  await prepareData();
});
afterAll(() => rm(folder, { recursive: true }));

const task = { kind: 'images', width: 28, height: 28, channels: 1, values: 'bytes', mean: [33], std: [78] } as const;
const digits = Array.from({ length: 10 }, (_, digit) => String(digit));

/** A model of this form, with the digits as its classes. */
function digitModel(width = 28): SavedModel {
  const { card, weights } = modelFor({ ...task, width, mean: [33], std: [78] }, [12], [2], 10);
  return { card: { ...card, classes: digits }, weights };
}

async function ready(model: SavedModel, ...argv: string[]) {
  const path = join(folder, 'start.safetensors');
  await writeModel(model, path);
  return { path, run: readyRun(parseSimulation(['--clients', '2', '--from-model', path, ...argv]), '--clients') };
}

describe('a run that goes on from a model', () => {
  test('has its layers, and is known by the digest of its weights', async () => {
    const model = digitModel();
    const { settings, models } = await (await ready(model, '--dataset', 'mnist')).run;
    const digest = weightsDigest(model.weights);
    expect(settings).toMatchObject({ hidden: [12], convolutions: [2], initialModel: digest });
    expect(models).toEqual(new Map([[digest, model.weights]]));
  });

  test('is refused where the data has other classes', async () => {
    const { path, run } = await ready(digitModel());
    await expect(run).rejects.toThrow(
      new UsageError(
        `${path} tells 0, 1, 2, 3, 4, 5, 6, 7, .. apart, and fashion-mnist has T-shirt, Trouser, Pullover, Dress, Coat, Sandal, Shirt, Sneaker, ..; ` +
          "choose data of the model's classes with --dataset.",
      ),
    );
  });

  test('or other inputs', async () => {
    const { path, run } = await ready(digitModel(27), '--dataset', 'mnist');
    await expect(run).rejects.toThrow(
      new UsageError(`${path} reads images of 28 x 27 x 1, and mnist has others; choose data of that form with --dataset.`),
    );
  });
});

test('a run that starts from none has no model', async () => {
  const { settings, models, task: none } = await readyRun(parseSimulation(['--clients', '2']), '--clients');
  expect(settings.initialModel).toBe('');
  expect(models.size).toBe(0);
  expect(none).toBeNull();
});
