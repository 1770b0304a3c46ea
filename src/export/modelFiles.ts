/** The formats that models are saved in, by the ending of a file's name, and those that are read again. */

import { fromHtml, toHtml } from './html.ts';
import { toOnnx } from './onnx.ts';
import { fromSafetensors, toSafetensors } from './safetensors.ts';
import { ModelFileError, type SavedModel } from './savedModel.ts';
import { toTfjs, toTfjsZip } from './tfjs.ts';

/** A file to be written. */
export interface ModelFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A model as the files of one format; the first has the name asked for. */
type Writer = (model: SavedModel, name: string) => readonly ModelFile[];

const oneFile =
  (write: (model: SavedModel) => Uint8Array<ArrayBuffer>): Writer =>
  (model, name) => [{ name, bytes: write(model) }];

const writers: Readonly<Record<string, Writer>> = {
  safetensors: oneFile(toSafetensors),
  onnx: oneFile(toOnnx),
  html: oneFile(toHtml),
  zip: oneFile(toTfjsZip),
  json(model, name) {
    const weightsName = name.replace(/json$/i, 'weights.bin');
    const { json, weights } = toTfjs(model, weightsName);
    return [
      { name, bytes: json },
      { name: weightsName, bytes: weights },
    ];
  },
};

/** The endings of their names. */
export const FORMATS = '.safetensors, .onnx, .html, .json or .zip';

const endingOf = (name: string) => /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';

/** If a file's name says a format that models are saved in. */
export const isModelName = (name: string): boolean => Object.hasOwn(writers, endingOf(name));

/**
 * A model in the format that a file's name ends with.
 * @param name without folders.
 * @throws {ModelFileError} when there is no such format, or it cannot hold this model.
 */
export function modelFiles(model: SavedModel, name: string): readonly ModelFile[] {
  const write = isModelName(name) ? writers[endingOf(name)] : undefined;
  if (!write) throw new ModelFileError(`${name} says no format; end its name in ${FORMATS}.`);
  return write(model, name);
}

/** Reads a model that this project saved, from anywhere. @param where its name for error messages. @throws {ModelFileError} */
export function readModel(file: Uint8Array, where: string): SavedModel {
  const isPage = new TextDecoder().decode(file.subarray(0, 15)).toLowerCase() === '<!doctype html>';
  return isPage ? fromHtml(file, where) : fromSafetensors(file, where);
}
