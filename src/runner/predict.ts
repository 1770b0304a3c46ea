/** What a saved model says of files on this machine. */

import { DatasetError } from '../data/dataset.ts';
import { openCsv } from '../data/formats/csvForm.ts';
import { formedImage, ImageError } from '../data/formats/image.ts';
import { headOf } from '../data/formats/imageHead.ts';
import { readUnlabelled } from '../data/formats/unlabelledRows.ts';
import { decodeImage } from '../datasets/decodeImage.ts';
import { readWholeFile } from '../datasets/wholeFile.ts';
import { classifier, type Answer } from '../export/classify.ts';
import { rowValues } from '../export/rowValues.ts';
import type { SavedModel, Task } from '../export/savedModel.ts';

/** What was asked, and what the model makes of it. */
export interface Prediction extends Answer {
  readonly file: string;
  /** Of a table's row; null of an image. */
  readonly line: number | null;
}

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

function rowsIn(bytes: Uint8Array, { table }: Task & { kind: 'table' }, where: string): Input[] {
  if (headOf(bytes)) throw new DatasetError(`${where} is an image, and the model knows rows of a table only; give it a CSV file.`);
  const rows = readUnlabelled(openCsv(bytes, { encoding: null }, where), table);
  return rows.map(({ cells, line }) => ({ line, values: rowValues(table.columns, cells) }));
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
    const inputs = task.kind === 'images' ? [await imageIn(bytes, task, file)] : rowsIn(bytes, task, file);
    for (const { line, values } of inputs) predictions.push({ file, line, ...answerOf(values) });
  }
  return predictions;
}
