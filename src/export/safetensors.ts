/**
 * Models as safetensors (https://huggingface.co/docs/safetensors): the length of a JSON header as little-endian uint64, the header, which
 * names each tensor's type, shape and place, then the tensors. The card is the header's metadata `card`, as JSON. It is the form
 * to go on from: the weights are in it as they were trained, in the order of the flat parameter vector.
 */

import * as v from 'valibot';
import { ModelError } from '../model/model.ts';
import { cardSchema, checkModel, layersOf, ModelFileError, type ModelCard, type SavedModel } from './savedModel.ts';

/** Of a header: room for the largest table's columns, bytes. */
const MAX_HEADER = 16 * 1024 * 1024;
/** Tensors begin where any number may begin. */
const ALIGNMENT = 8;

const headerSchema = v.objectWithRest(
  { __metadata__: v.object({ card: v.string() }) },
  v.object({
    dtype: v.literal('F32'),
    shape: v.array(v.number()),
    data_offsets: v.tuple([v.number(), v.number()]),
  }),
);

/** Each tensor's entry of the header, from the first weight on. */
function tensorsOf(model: SavedModel) {
  let offset = 0;
  const entry = (name: string, shape: readonly number[], { byteLength }: Float32Array) => {
    const begin = offset;
    offset += byteLength;
    return [name, { dtype: 'F32', shape, data_offsets: [begin, offset] }] as const;
  };
  return layersOf(model).flatMap(({ name, shape, kernel, bias }) => [
    entry(`${name}.kernel`, shape, kernel),
    entry(`${name}.bias`, [bias.length], bias),
  ]);
}

/** Numbers as little-endian float32, whatever this machine's order is. */
export function floatBytes(values: Float32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.byteLength);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => view.setFloat32(4 * i, value, true));
  return bytes;
}

export function toSafetensors(model: SavedModel): Uint8Array<ArrayBuffer> {
  const metadata = { format: model.card.format, card: JSON.stringify(model.card) };
  const text = new TextEncoder().encode(JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(tensorsOf(model)) }));
  const length = Math.ceil(text.length / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(8 + length + model.weights.byteLength);
  new DataView(file.buffer).setBigUint64(0, BigInt(length), true);
  file.set(text, 8);
  file.fill(0x20, 8 + text.length, 8 + length);
  file.set(floatBytes(model.weights), 8 + length);
  return file;
}

const foreign = (where: string) => `${where} is not a model that this project saved; give a .safetensors or .html file of its own`;

function parseCard(text: string, where: string): ModelCard {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new ModelFileError(`${foreign(where)} (its card is not JSON).`, { cause: error });
  }
  const result = v.safeParse(cardSchema, json);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new ModelFileError(`${foreign(where)} (its card's ${v.getDotPath(issue) ?? 'whole'}: ${issue.message}).`);
}

/** Reads what `toSafetensors` wrote, from anywhere. @param where its name for error messages. @throws {ModelFileError} */
export function fromSafetensors(file: Uint8Array, where: string): SavedModel {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = file.length < 8 ? NaN : Number(view.getBigUint64(0, true));
  if (!(length <= Math.min(MAX_HEADER, file.length - 8))) throw new ModelFileError(`${foreign(where)}.`);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(file.subarray(8, 8 + length)));
  } catch (error) {
    throw new ModelFileError(`${foreign(where)}.`, { cause: error });
  }
  const header = v.safeParse(headerSchema, json);
  if (!header.success) throw new ModelFileError(`${foreign(where)}.`);
  const { __metadata__: metadata, ...tensors } = header.output;
  const start = 8 + length;
  const weights = Float32Array.from({ length: Math.floor((file.length - start) / 4) }, (_, i) => view.getFloat32(start + 4 * i, true));
  const model = { card: parseCard(metadata.card, where), weights };
  try {
    checkModel(model, where);
  } catch (error) {
    throw error instanceof ModelError ? new ModelFileError(`${foreign(where)} (${error.message}).`, { cause: error }) : error;
  }
  const expected = tensorsOf(model);
  const isAsSaved = expected.every(([name, entry]) => JSON.stringify(tensors[name]) === JSON.stringify(entry));
  if (!isAsSaved || Object.keys(tensors).length !== expected.length) {
    throw new ModelFileError(`${where} has other tensors than its card says; save it again.`);
  }
  return model;
}
