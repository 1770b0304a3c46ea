import { randomStream } from '../math/random.ts';

/** A ReLU multilayer perceptron: layer sizes from the input to the C logits, e.g. [784, 100, 10]. */
export interface ModelSpec {
  readonly layers: readonly number[];
}

/** Where one dense layer lies in the flat parameter vector: kernel (inputs x outputs, row-major), then bias. */
export interface DenseLayout {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernelOffset: number;
  readonly biasOffset: number;
}

export function denseLayouts(spec: ModelSpec): DenseLayout[] {
  let offset = 0;
  return spec.layers.slice(1).map((outputs, l) => {
    const inputs = spec.layers[l]!;
    const layout = { inputs, outputs, kernelOffset: offset, biasOffset: offset + inputs * outputs };
    offset += (inputs + 1) * outputs;
    return layout;
  });
}

/** d, the length of the flat parameter vector. 784-100-10 has 79,510. */
export function parameterCount(spec: ModelSpec): number {
  return denseLayouts(spec).reduce((sum, layer) => sum + (layer.inputs + 1) * layer.outputs, 0);
}

/** C, the number of logits. */
export function classCount(spec: ModelSpec): number {
  return spec.layers.at(-1)!;
}

/** He-normal kernels and zero biases; every client of a run draws the same from the run's seed. */
export function initialWeights(spec: ModelSpec, seed: number): Float32Array {
  const weights = new Float32Array(parameterCount(spec));
  denseLayouts(spec).forEach((layer, l) => {
    const random = randomStream(seed, 'weights', l);
    const deviation = Math.sqrt(2 / layer.inputs);
    for (let i = layer.kernelOffset; i < layer.biasOffset; i++) weights[i] = deviation * random.normal();
  });
  return weights;
}
