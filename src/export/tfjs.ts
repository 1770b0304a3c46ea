/**
 * Models as tfjs layers models, which `tf.loadLayersModel` loads: the topology and the card in JSON, the weights in a file beside it. The
 * model is given inputs as they stand, n x (height x width x channels) or n x values, and standardises them itself; it returns logits.
 */

import { zipSync } from 'fflate';
import { floatBytes } from './safetensors.ts';
import { inputShape, layersOf, momentsOf, type Layer, type SavedModel } from './savedModel.ts';

interface NamedWeights {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

interface KerasLayer {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

const layerWeights = ({ shape, kernel, bias }: Layer, name: string): NamedWeights[] => [
  { name: `${name}/kernel`, shape, values: kernel },
  { name: `${name}/bias`, shape: [bias.length], values: bias },
];

/** Keras takes no dots in the names of layers. */
const kerasName = (name: string) => name.replace('.', '_');

function topologyOf(model: SavedModel): KerasLayer[] {
  const shape = inputShape(model.card.task);
  const layers = layersOf(model);
  const isConvolution = ({ shape: { length } }: Layer) => length === 4;
  const of = (class_name: string, name: string, config: object = {}) => ({ class_name, config: { name, trainable: true, ...config } });
  const blocks = layers
    .filter(isConvolution)
    .flatMap(({ name, bias, shape: [size] }, l) => [
      of('Conv2D', kerasName(name), { filters: bias.length, kernel_size: [size, size], padding: 'valid', activation: 'relu' }),
      of('AveragePooling2D', `pooling_${l}`, { pool_size: [2, 2], strides: [2, 2], padding: 'valid' }),
    ]);
  const dense = layers.filter((layer) => !isConvolution(layer));
  return [
    // In inference a batch normalisation is (x - mean) / std of each channel, or of each value.
    of('BatchNormalization', 'standardisation', {
      batch_input_shape: [null, ...shape],
      dtype: 'float32',
      trainable: false,
      axis: -1,
      epsilon: 0,
      center: false,
      scale: false,
    }),
    ...blocks,
    ...(shape.length > 1 ? [of('Flatten', 'flatten')] : []),
    ...dense.map(({ name, bias }, l) =>
      of('Dense', kerasName(name), { units: bias.length, activation: l < dense.length - 1 ? 'relu' : 'linear' }),
    ),
  ];
}

/** @param weightsFile the name under which the weights lie beside the JSON. */
export function toTfjs(model: SavedModel, weightsFile: string): { json: Uint8Array<ArrayBuffer>; weights: Uint8Array<ArrayBuffer> } {
  const { mean, std } = momentsOf(model.card.task);
  const named: NamedWeights[] = [
    { name: 'standardisation/moving_mean', shape: [mean.length], values: Float32Array.from(mean) },
    { name: 'standardisation/moving_variance', shape: [std.length], values: Float32Array.from(std, (value) => value ** 2) },
    ...layersOf(model).flatMap((layer) => layerWeights(layer, kerasName(layer.name))),
  ];
  const json = {
    format: 'layers-model',
    generatedBy: 'sparkmesh',
    convertedBy: null,
    modelTopology: {
      keras_version: 'tfjs-layers',
      backend: 'tensor_flow.js',
      model_config: { class_name: 'Sequential', config: { name: 'sparkmesh', layers: topologyOf(model) } },
    },
    weightsManifest: [{ paths: [weightsFile], weights: named.map(({ name, shape }) => ({ name, shape, dtype: 'float32' })) }],
    userDefinedMetadata: { card: model.card },
  };
  const values = new Float32Array(named.reduce((sum, { values: { length } }) => sum + length, 0));
  let offset = 0;
  for (const { values: part } of named) {
    values.set(part, offset);
    offset += part.length;
  }
  return { json: new TextEncoder().encode(JSON.stringify(json)), weights: floatBytes(values) };
}

/** Both files in one archive, for where a download is one file. */
export function toTfjsZip(model: SavedModel): Uint8Array<ArrayBuffer> {
  const { json, weights } = toTfjs(model, 'weights.bin');
  // Weights don't get smaller; a fixed time makes the same model the same file.
  return Uint8Array.from(zipSync({ 'model.json': json, 'weights.bin': weights }, { level: 0, mtime: '1980-01-02' }));
}
