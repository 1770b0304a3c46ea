/** `npm run predict`: what a saved model says of images, or of the rows of CSV files. */

import { writeFile } from 'node:fs/promises';
import * as v from 'valibot';
import { percent } from '../math/format.ts';
import { predictionsCsv } from '../export/predictionsCsv.ts';
import { predict } from '../runner/predict.ts';
import { openModel } from '../runner/takeHome.ts';
import { option, parseOptions, runCommand } from './commandLine.ts';

const command = {
  call: 'npm run predict',
  summary: 'Asks a saved model, a .safetensors or .html file, of images or of the rows of CSV files.',
  operands: ['MODEL', 'FILE...'],
  options: v.strictObject({
    csv: option('OUT', 'write every class and its probability there', v.pipe(v.string(), v.minLength(1, 'the name of a file'))),
  }),
};

await runCommand(async (argv) => {
  const { operands, csv } = parseOptions(command, argv);
  const [file = '', ...asked] = operands;
  const model = await openModel(file);
  const { classes } = model.card;
  const predictions = await predict(model, asked);
  if (csv !== undefined) return writeFile(csv, predictionsCsv(predictions, classes));
  const rows = predictions.map(({ file: of, line, best, probabilities }) => {
    return [line === null ? of : `${of}, line ${line}`, classes[best]!, percent(probabilities[best]!)] as const;
  });
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  process.stdout.write(rows.map(([of, name, share]) => `${of.padEnd(widths[0]!)}  ${name.padEnd(widths[1]!)}  ${share}\n`).join(''));
});
