import { runCommand } from './commandLine.ts';
import { importData } from '../datasets/importData.ts';
import { parseImport } from './importOptions.ts';
import { prepareData } from '../datasets/prepareData.ts';

/** `npm run prepare-data`: the built-in datasets, or one of a person's own. */
await runCommand(async (argv) => {
  const request = parseImport(argv);
  if (!request) return prepareData();
  const { name, kind, width, height, classes, trainSamples, testSamples } = await importData(request);
  const rows = kind === 'images' ? `images of ${width}x${height}` : `rows of ${width} columns`;
  process.stdout.write(
    `Packed ${name}: ${rows} in ${classes} classes, ${trainSamples} to train on and ${testSamples} to test on; use it with --dataset ${name}.\n`,
  );
});
