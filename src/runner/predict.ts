/** What a saved model says of files on this machine. */

import { DatasetError } from '../data/dataset.ts';
import { formedImage } from '../data/formats/formedImage.ts';
import { ImageError } from '../data/formats/image.ts';
import { decodeImage } from '../datasets/decodeImage.ts';
import { readWholeFile } from '../datasets/wholeFile.ts';
import { classifier } from '../export/classify.ts';
import type { Prediction } from '../export/predictionsCsv.ts';
import { rowsIn } from '../export/rowsIn.ts';
import type { SavedModel, Task } from '../export/savedModel.ts';

interface Input {
  readonly line: number | null;
  readonly values: ArrayLike<number>;
}

async function imageIn(bytes: Uint8Array, task: Task & { kind: 'images' }, where: string): Promise<Input> {
  if (task.values !== 'bytes') {
    throw new DatasetError(
      'This model was not trained on images of bytes, so that it cannot be asked of image files; choose one that was.',
    );
  }
  try {
    return { line: null, values: formedImage(await decodeImage(bytes), { size: task, channels: task.channels }) };
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    throw new DatasetError(
      `${where} cannot be read as an image (${error.message}), and the model knows images only; save it again or leave it out.`,
      {
        cause: error,
      },
    );
  }
}

/**
 * Asks a model of images, or of the rows of CSV files.
 * @throws {DatasetError} of a file that does not fit the model, saying why.
 */
export async function predict(model: SavedModel, files: readonly string[]): Promise<Prediction[]> {
  const { task } = model.card;
  const answerOf = classifier(model);
  const predictions: Prediction[] = [];
  for (const file of files) {
    const bytes = await readWholeFile(file);
    const inputs = task.kind === 'images' ? [await imageIn(bytes, task, file)] : rowsIn(bytes, task.table, file);
    for (const { line, values } of inputs) predictions.push({ file, line, ...answerOf(values) });
  }
  return predictions;
}
