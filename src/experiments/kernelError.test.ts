import { beforeAll, expect, test } from 'vitest';
import { prepareData } from '../datasets/prepareData.ts';
import { presets } from '../settings/presets.ts';
import { defaultSettings, type Settings } from '../settings/settings.ts';
import { kernelError } from './kernelError.ts';

beforeAll(() => prepareData());

function errorOf(changes: Partial<Settings>): Promise<number> {
  const { method } = presets.sparkmesh;
  if (method.kind !== 'ntk') throw new Error('The default method has no kernel any more; test with one that has.');
  return kernelError({ ...defaultSettings(), samples: 40, hidden: [32], ...changes }, method, 3);
}

test('exact inputs make no error, and whole Jacobians only that of float32', async () => {
  expect(await errorOf({ exchange: 'exact' })).toBe(0);
  expect(await errorOf({ exchange: 'jacobian' })).toBeLessThan(1e-4);
});

test('the error of a projection falls with the root of its size, that of a sketch with its size', async () => {
  const [small, large] = [
    await errorOf({ exchange: 'projected', projectionSize: 64 }),
    await errorOf({ exchange: 'projected', projectionSize: 1024 }),
  ];
  expect(small / large).toBeGreaterThan(3);
  expect(small / large).toBeLessThan(5.5);
  expect(await errorOf({ sketchSize: 64 })).toBeGreaterThan(1.5 * (await errorOf({ sketchSize: 256 })));
});
