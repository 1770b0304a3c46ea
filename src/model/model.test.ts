import { describe, expect, test } from 'vitest';
import { classCount, convolutionLayouts, denseLayouts, featureWidths, initialWeights, ModelError, parameterCount } from './model.ts';

const spec = { layers: [784, 100, 10] };
const image = { width: 28, height: 28, channels: 1 };
const convolutional = { layers: [784, 100, 10], convolutions: { image, channels: [8, 16] } };

describe('the flat parameter vector', () => {
  test('holds kernel and bias of each layer, one after the other', () => {
    expect(denseLayouts({ layers: [3, 4, 2] })).toEqual([
      { inputs: 3, outputs: 4, kernelOffset: 0, biasOffset: 12 },
      { inputs: 4, outputs: 2, kernelOffset: 16, biasOffset: 24 },
    ]);
    expect(parameterCount({ layers: [3, 4, 2] })).toBe(26);
  });

  test('784-100-10 has 79,510 parameters and 10 logits', () => {
    expect(parameterCount(spec)).toBe(79_510);
    expect(classCount(spec)).toBe(10);
  });

  test('a model without hidden layers is one dense layer', () => {
    expect(denseLayouts({ layers: [5, 3] })).toHaveLength(1);
    expect(parameterCount({ layers: [5, 3] })).toBe(18);
  });

  test('holds convolutions before dense layers', () => {
    const between = { width: 13, height: 13, channels: 8 };
    const pooled = { width: 5, height: 5, channels: 16 };
    expect(convolutionLayouts(convolutional)).toEqual([
      { image, pooled: between, kernelOffset: 0, biasOffset: 72 },
      { image: between, pooled, kernelOffset: 80, biasOffset: 1232 },
    ]);
    expect(denseLayouts(convolutional)).toEqual([
      { inputs: 400, outputs: 100, kernelOffset: 1248, biasOffset: 41_248 },
      { inputs: 100, outputs: 10, kernelOffset: 41_348, biasOffset: 42_348 },
    ]);
    expect(parameterCount(convolutional)).toBe(42_358);
  });

  test('is refused where an image gets too small, with what to change', () => {
    const blocks =
      (channels: number[], width = 28) =>
      () =>
        parameterCount({ layers: [28 * width, 10], convolutions: { image: { width, height: 28, channels: 1 }, channels } });
    expect(blocks([1, 1, 1])).not.toThrow();
    expect(blocks([1, 1, 1, 1])).toThrow(new ModelError('Convolution 4 would read an image of only 1 x 1 pixels; use at most 3.'));
    expect(blocks([1], 3)).toThrow(new ModelError('Convolution 1 would read an image of only 3 x 28 pixels; use none.'));
  });
});

describe('featureWidths', () => {
  test('of an MLP are its hidden sizes', () => {
    expect(featureWidths({ layers: [784, 100, 50, 10] })).toEqual({ hidden: [100, 50], jacobian: 0, logits: 0 });
    expect(featureWidths({ layers: [784, 10] })).toEqual({ hidden: [], jacobian: 0, logits: 0 });
  });

  test('of convolutions are their part of the Jacobian, and what each dense layer reads', () => {
    expect(featureWidths(convolutional)).toEqual({ hidden: [400, 100], jacobian: 10 * 1248, logits: 0 });
  });

  test('of the Jacobian are its rows, or their projections, and the logits', () => {
    expect(featureWidths(spec, 'jacobian')).toEqual({ hidden: [], jacobian: 10 * 79_510, logits: 10 });
    expect(featureWidths(spec, { form: 'dense', size: 250, seed: 1 })).toEqual({ hidden: [], jacobian: 2500, logits: 10 });
  });
});

describe('initialWeights', () => {
  test('kernels have variance 2 / inputs (He et al. 2015), biases are zero', () => {
    const weights = initialWeights(spec, 1);
    for (const { inputs, outputs, kernelOffset, biasOffset } of denseLayouts(spec)) {
      const kernel = weights.subarray(kernelOffset, biasOffset);
      const variance = kernel.reduce((sum, value) => sum + value * value, 0) / kernel.length;
      expect((variance * inputs) / 2).toBeCloseTo(1, 1);
      expect(weights.subarray(biasOffset, biasOffset + outputs)).toEqual(new Float32Array(outputs));
    }
  });

  test("a convolution's variance is 2 / its patch's numbers", () => {
    const wide = { layers: [784, 10], convolutions: { image, channels: [64, 64] } };
    const weights = initialWeights(wide, 1);
    const kernel = weights.subarray(640, 640 + 9 * 64 * 64);
    const variance = kernel.reduce((sum, value) => sum + value * value, 0) / kernel.length;
    expect((variance * 9 * 64) / 2).toBeCloseTo(1, 1);
    expect(weights.subarray(9 * 64, 640)).toEqual(new Float32Array(64));
  });

  test('depend on the seed and on nothing else', () => {
    expect(initialWeights(spec, 5)).toEqual(initialWeights(spec, 5));
    expect(initialWeights(spec, 5)).not.toEqual(initialWeights(spec, 6));
  });
});
