/** The bytes of a file that a person says is a model. */

import { ModelFileError } from '../../../src/export/savedModel.ts';

/** No model that a client could send its neighbours is larger, written as a page. */
const MOST_BYTES = 2 ** 27;

/** @throws {ModelFileError} of a file that is too large, or cannot be read. */
export async function modelBytes(file: File): Promise<Uint8Array> {
  if (file.size > MOST_BYTES)
    throw new ModelFileError(`${file.name} is larger than any model here; choose a file that this project saved.`);
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    throw new ModelFileError(`${file.name} cannot be read; check that it is still there, and choose it again.`, { cause: error });
  }
}
