/** `npm run prepare-data`: the built-in datasets, or one of a person's own. */

import { describeReading } from '../datasets/describeReading.ts';
import { importData } from '../datasets/importData.ts';
import { prepareData } from '../datasets/prepareData.ts';
import { runCommand } from './commandLine.ts';
import { parseImport } from './importOptions.ts';

await runCommand(async (argv) => {
  const request = parseImport(argv);
  if (!request) return prepareData();
  const { entry, train, test } = await importData(request);
  const { name, kind, width, height, classes, trainSamples, testSamples } = entry;
  const shape = kind === 'images' ? `images of ${width}x${height}` : `rows of ${width} columns`;
  const lines = [
    ...describeReading(train, test ? 'To train on' : 'Read'),
    ...(test ? describeReading(test, 'To test on') : []),
    `Packed ${name}: ${shape} in ${classes} classes, ${trainSamples} to train on and ${testSamples} to test on; use it with --dataset ${name}.`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
});
