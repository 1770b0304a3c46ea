import { beforeAll, expect, test } from 'vitest';
import { prepareData } from '../datasets/prepareData.ts';
import { defaultSettings, type Settings } from '../settings/settings.ts';
import { ntkMethod } from './condition.ts';
import { kernelError } from './kernelError.ts';

beforeAll(() => prepareData());

function errorOf(changes: Partial<Settings>, algorithm: 'sparkmesh' | 'spark' = 'spark'): Promise<number> {
  return kernelError(
    { ...defaultSettings(algorithm), partition: { kind: 'dirichlet', alpha: 0.1 }, samples: 40, hidden: [32], ...changes },
    ntkMethod(algorithm),
    3,
  );
}

test.each(['sparkmesh', 'spark'] as const)(
  'exact inputs make no error, and whole Jacobians only that of float32: %s',
  async (algorithm) => {
    expect(await errorOf({ exchange: 'exact' }, algorithm)).toBe(0);
    expect(await errorOf({ exchange: 'jacobian' }, algorithm)).toBeLessThan(1e-4);
  },
);

test('the whole kernel’s product is wrong by less with larger sketches and projections', async () => {
  for (const [small, large] of [
    [{ sketchSize: 16 }, { sketchSize: 256 }],
    [
      { exchange: 'projected', projectionSize: 16 },
      { exchange: 'projected', projectionSize: 1024 },
    ],
  ] as const) {
    const [rough, fine] = [await errorOf(small, 'sparkmesh'), await errorOf(large, 'sparkmesh')];
    expect(rough).toBeGreaterThan(2 * fine);
    expect(fine).toBeGreaterThan(0.001);
  }
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
