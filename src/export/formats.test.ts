/** Each format, read by programs that are not ours, gives the logits of the written-out network. */

import * as tf from '@tensorflow/tfjs';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { InferenceSession, Tensor } from 'onnxruntime-web';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectedLogits, inputsFor, modelFor, savedModels } from '../testing/savedModels.ts';
import { logitsOf } from './forward.ts';
import { modelFiles, readModel } from './modelFiles.ts';
import { inputShape, layersOf, ModelFileError, momentsOf, type SavedModel } from './savedModel.ts';

const ROWS = 3;

beforeAll(() => tf.setBackend('cpu'));

/** Within 1e-5 of each logit, or of 1 where that is larger. */
function expectClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((logit, i) => expect(Math.abs(actual[i]! - logit)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(logit))));
}

/** @param logitsBy what a reader makes of `ROWS` inputs, one after the other. */
const holds = (logitsBy: (model: SavedModel, inputs: Float32Array) => Promise<ArrayLike<number>>, numRuns: number) =>
  fc.assert(
    fc.asyncProperty(savedModels, async (model) => {
      const inputs = inputsFor(model, ROWS);
      expectClose(await logitsBy(model, inputs), expectedLogits(model, inputs));
    }),
    { numRuns },
  );

async function tfjsLogits({ card }: SavedModel, json: Uint8Array, weights: Uint8Array, inputs: Float32Array): Promise<ArrayLike<number>> {
  const { modelTopology, weightsManifest } = JSON.parse(new TextDecoder().decode(json));
  const loaded = await loadLayersModel(
    tf.io.fromMemory({ modelTopology, weightSpecs: weightsManifest[0].weights, weightData: weights.slice().buffer }),
  );
  const logits = tf.tidy(() => {
    const predicted = loaded.predict(tf.tensor(inputs, [ROWS, ...inputShape(card.task)]));
    if (Array.isArray(predicted)) throw new Error('one output is expected');
    return predicted.dataSync();
  });
  loaded.dispose();
  return logits;
}

describe('the same logits', () => {
  test('in tfjs, of the JSON and the weights beside it', () =>
    holds((model, inputs) => {
      const [json, weights] = modelFiles(model, 'mine.json');
      expect([json?.name, weights?.name]).toEqual(['mine.json', 'mine.weights.bin']);
      return tfjsLogits(model, json!.bytes, weights!.bytes, inputs);
    }, 40));

  test('in tfjs, of the archive', () =>
    holds((model, inputs) => {
      const files = unzipSync(modelFiles(model, 'mine.zip')[0]!.bytes);
      expect(Object.keys(files)).toEqual(['model.json', 'weights.bin']);
      return tfjsLogits(model, files['model.json']!, files['weights.bin']!, inputs);
    }, 10));

  test('in onnxruntime', () =>
    holds(async (model, inputs) => {
      const session = await InferenceSession.create(modelFiles(model, 'mine.onnx')[0]!.bytes);
      const { logits } = await session.run({ input: new Tensor('float32', inputs, [ROWS, ...inputShape(model.card.task)]) });
      await session.release();
      if (!(logits?.data instanceof Float32Array)) throw new Error('the output is no floats');
      expect(logits.dims).toEqual([ROWS, model.card.classes.length]);
      return logits.data;
    }, 40));

  test('in the plain forward pass, of what is read again', () =>
    holds(async (model, inputs) => {
      const read = readModel(modelFiles(model, 'mine.safetensors')[0]!.bytes, 'mine');
      const { task } = read.card;
      const size = inputs.length / ROWS;
      const image = task.kind === 'images' ? task : { width: 1, height: 1 };
      const plain = { width: image.width, height: image.height, ...momentsOf(task), layers: layersOf(read) };
      return Array.from({ length: ROWS }, (_, n) => [...logitsOf(plain, inputs.subarray(n * size, (n + 1) * size))]).flat();
    }, 40));
});

describe('safetensors', () => {
  /** The published layout, read by its description alone. */
  function tensorsIn(file: Uint8Array) {
    const view = new DataView(file.buffer, file.byteOffset);
    const length = Number(view.getBigUint64(0, true));
    const { __metadata__: metadata, ...tensors } = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
    return { length, metadata, tensors, data: file.subarray(8 + length) };
  }

  test('are byte by byte as published', () =>
    fc.assert(
      fc.property(savedModels, (model) => {
        const { length, metadata, tensors, data } = tensorsIn(modelFiles(model, 'x.safetensors')[0]!.bytes);
        expect(length % 8).toBe(0);
        expect(Object.values(metadata).every((text) => typeof text === 'string')).toBe(true);
        expect(JSON.parse(metadata.card)).toEqual(JSON.parse(JSON.stringify(model.card)));
        let next = 0;
        for (const { name, shape, kernel, bias } of layersOf(model)) {
          for (const [of, sizes, values] of [[`${name}.kernel`, shape, kernel] as const, [`${name}.bias`, [bias.length], bias] as const]) {
            const {
              dtype,
              shape: told,
              data_offsets: [begin, end],
            } = tensors[of];
            expect({ dtype, told, begin, bytes: end - begin }).toEqual({
              dtype: 'F32',
              told: sizes,
              begin: next,
              bytes: 4 * values.length,
            });
            expect(sizes.reduce((product, size) => product * size, 1)).toBe(values.length);
            const view = new DataView(data.buffer, data.byteOffset + begin, end - begin);
            expect(Float32Array.from(values, (_, i) => view.getFloat32(4 * i, true))).toEqual(Float32Array.from(values));
            next = end;
          }
        }
        // Neither holes nor anything behind.
        expect(next).toBe(data.length);
      }),
      { numRuns: 30 },
    ));

  const model = modelFor({ kind: 'images', width: 6, height: 5, channels: 1, values: 'bytes', mean: [70], std: [90] }, [4], [2], 3);
  const file = modelFiles(model, 'x.safetensors')[0]!.bytes;
  const edited = (edit: (header: { __metadata__: { card: string } } & Record<string, unknown>) => void): Uint8Array => {
    const { length, data } = tensorsIn(file);
    const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
    edit(header);
    const text = new TextEncoder().encode(JSON.stringify(header));
    const result = new Uint8Array(8 + text.length + data.length);
    new DataView(result.buffer).setBigUint64(0, BigInt(text.length), true);
    result.set(text, 8);
    result.set(data, 8 + text.length);
    return result;
  };
  const withCard = (change: object) =>
    edited((header) => {
      header.__metadata__.card = JSON.stringify({ ...model.card, ...change });
    });

  test('come back as they were, from a page too', () => {
    for (const name of ['x.safetensors', 'x.html']) expect(readModel(modelFiles(model, name)[0]!.bytes, name)).toEqual(model);
  });

  test.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array(0)],
    ['a header that does not end', Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 123)],
    ['another file', new TextEncoder().encode('a,b,c\n1,2,3\n4,5,6\n')],
    ['a page without a model', new TextEncoder().encode('<!doctype html><p>hello</p>')],
    ['a page with a broken one', new TextEncoder().encode('<!doctype html><script type="application/octet-stream" id="model">*</script>')],
    ['a part of a file', file.subarray(0, file.length - 4)],
    ['more than a file', Uint8Array.from([...file, 0, 0, 0, 0])],
    ['no card', edited((header) => Reflect.deleteProperty(header, '__metadata__'))],
    ['a card of another form', withCard({ format: 'sparkmesh-model/9' })],
    ['more classes than logits', withCard({ classes: ['a', 'b', 'c', 'd'] })],
    ['too many convolutions', withCard({ convolutions: [2, 2, 2] })],
    ['an image too large', withCard({ task: { ...model.card.task, width: 1e9 } })],
    ['a tensor elsewhere', edited((header) => (header['dense.0.bias'] = { dtype: 'F32', shape: [4], data_offsets: [0, 16] }))],
    ['a weight that is no number', Uint8Array.from([...file.subarray(0, file.length - 4), 0, 0, 192, 127])],
  ])('refuse %s in a sentence', (_, bytes) => {
    expect(() => readModel(bytes, 'mine')).toThrow(ModelFileError);
    expect(() => readModel(bytes, 'mine')).toThrow(/^mine (is|has|carries) [^\n]+[.]$/);
  });
});

test('a name that says no format is refused with those there are', () => {
  const model = modelFor({ kind: 'images', width: 3, height: 3, channels: 1, values: 'standardised', mean: [0], std: [1] }, [], [], 2);
  expect(() => modelFiles(model, 'mine.h5')).toThrow(/^mine.h5 says no format; end its name in .safetensors, .onnx,/);
  expect(() => modelFiles(model, 'mine.html')).toThrow(/no bytes/);
});
