import { describe, expect, test } from 'vitest';
import { classCount, denseLayouts, initialWeights, parameterCount } from './model.ts';

const spec = { layers: [784, 100, 10] };

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

  test('depend on the seed and on nothing else', () => {
    expect(initialWeights(spec, 5)).toEqual(initialWeights(spec, 5));
    expect(initialWeights(spec, 5)).not.toEqual(initialWeights(spec, 6));
  });
});
