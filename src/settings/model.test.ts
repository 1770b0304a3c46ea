import { describe, expect, test } from 'vitest';
import { featureWidths, ModelError, parameterCount } from '../model/model.ts';
import { MAX_FRAME_BYTES } from '../transport/transport.ts';
import { modelOf } from './model.ts';
import { defaultSettings, kernelInputs, type Settings } from './settings.ts';

const images = { width: 28, height: 28, classes: 10 };
const settings = defaultSettings();

describe('modelOf', () => {
  test('is an MLP without convolutions, and a CNN with them', () => {
    expect(modelOf({ ...settings, hidden: [64, 32] }, images)).toEqual({ layers: [784, 64, 32, 10] });
    expect(modelOf({ ...settings, convolutions: [8, 16], hidden: [] }, images)).toEqual({
      layers: [784, 10],
      convolutions: { image: { width: 28, height: 28, channels: 1 }, channels: [8, 16] },
    });
  });

  test('refuses sketches where the logits are made from the inputs alone', () => {
    expect(() => modelOf({ ...settings, hidden: [] }, images)).toThrow(/add a layer, or exchange exact samples/);
    expect(() => modelOf({ ...settings, hidden: [], exchange: 'exact' }, images)).not.toThrow();
    expect(() => modelOf({ ...settings, hidden: [], convolutions: [2] }, images)).not.toThrow();
    expect(() => modelOf({ ...defaultSettings('dpsgd'), hidden: [] }, images)).not.toThrow();
  });

  test('refuses what leaves nothing of an image', () => {
    const deep: Settings = { ...settings, convolutions: [4, 4, 4, 4] };
    expect(() => modelOf(deep, images)).toThrow(new ModelError('Convolution 4 would read an image of only 1 x 1 pixels; use at most 3.'));
  });

  test('refuses what does not fit into a message, in the form it would have there', () => {
    const wide: Settings = { ...settings, convolutions: [64, 64], samples: 300 };
    const { hidden, jacobian } = featureWidths(modelOf(wide, images));
    const bytes = 300 * 2 * hidden.reduce((sum, width) => sum + width, jacobian);
    expect(bytes).toBeLessThan(MAX_FRAME_BYTES);
    expect(() => modelOf({ ...wide, wire: 'f32' }, images)).toThrow(
      new ModelError(
        `A client would send what kernels need of its samples as ${Math.round((2 * bytes) / 1e6)} MB at once, and 268 MB is the most; ` +
          'use smaller layers or fewer samples.',
      ),
    );
    expect(() => modelOf(wide, images, 400)).toThrow(ModelError);
    // A gradient method sends nothing of its images.
    expect(() => modelOf({ ...defaultSettings('dfedavg'), convolutions: [64, 64], samples: 5000 }, images)).not.toThrow();
  });

  test('refuses Jacobians that are too large for neighbours to keep, and those of convolutions', () => {
    const jacobians: Settings = { ...settings, exchange: 'jacobian' };
    expect(() => modelOf(jacobians, images)).toThrow(
      new ModelError(
        'A client would send the Jacobian of its samples as 636 MB at once, and 67 MB is the most; ' +
          'use smaller layers, fewer samples, or the exchange of sketches.',
      ),
    );
    expect(() => modelOf(jacobians, images, 21)).not.toThrow();
    const projected: Settings = { ...settings, exchange: 'projected', projectionSize: 4096 };
    expect(() => modelOf(projected, images)).not.toThrow();
    expect(() => modelOf(projected, images, 410)).toThrow(/the projected Jacobian .* 67 MB .*; use fewer dimensions, fewer samples, or/);
    for (const exchange of ['jacobian', 'projected'] as const) {
      expect(() => modelOf({ ...settings, exchange, convolutions: [2] }, images, 2)).toThrow(/of dense layers only; use no convolutions/);
      expect(() => modelOf({ ...defaultSettings('dpsgd'), exchange, convolutions: [2] }, images)).not.toThrow();
      // They bring their logits.
      expect(() => modelOf({ ...settings, exchange, projectionSize: 10, hidden: [] }, images, 20)).not.toThrow();
    }
  });

  test('refuses weights that do not fit, twice as large with a velocity', () => {
    const large: Settings = { ...defaultSettings('spark'), hidden: [4096, 4096, 4096, 4096], samples: 2 };
    expect(() => modelOf(large, images)).not.toThrow();
    expect(4 * 2 * parameterCount(modelOf(large, images))).toBeGreaterThan(MAX_FRAME_BYTES);
    expect(() => modelOf({ ...large, wire: 'f32' }, images)).toThrow(/its weights as \d+ MB at once, .*; use smaller layers\.$/);
  });
});

test('inputs are shared only with a kernel made layer by layer, and not with convolutions', () => {
  expect(kernelInputs(settings)).toBe('sketch');
  expect(kernelInputs({ ...settings, exchange: 'exact' })).toBe('exact');
  expect(kernelInputs({ ...settings, exchange: 'projected' })).toBe('none');
  expect(kernelInputs({ ...settings, exchange: 'jacobian' })).toBe('none');
  expect(kernelInputs({ ...settings, convolutions: [4] })).toBe('none');
  expect(kernelInputs(defaultSettings('dpsgd'))).toBe('none');
});
