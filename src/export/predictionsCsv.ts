/** What a model says of many inputs, as a table. */

import type { Answer } from './classify.ts';

/** What was asked, and what the model makes of it. */
export interface Prediction extends Answer {
  readonly file: string;
  /** Of a table's row; null of an image. */
  readonly line: number | null;
}

/** A field that no reader of CSV files takes apart. */
const field = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Records as the text of a CSV file. */
export const csvText = (records: readonly (readonly string[])[]): string =>
  records.map((record) => `${record.map(field).join(',')}\n`).join('');

/** A record an input: where it stood, the class that the model names, and every class's probability. */
export function predictionsCsv(predictions: readonly Prediction[], classes: readonly string[]): string {
  const records = predictions.map(({ file, line, best, probabilities }) => [
    file,
    line === null ? '' : String(line),
    classes[best]!,
    ...probabilities.map((probability) => probability.toPrecision(6)),
  ]);
  return csvText([['file', 'line', 'class', ...classes], ...records]);
}
