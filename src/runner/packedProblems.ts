/** What clients in Node learn from. */

import { join } from 'node:path';
import { DatasetProblems } from '../client/datasetProblems.ts';
import { fileSource } from '../datasets/fileSource.ts';
import { dataRoot } from '../datasets/paths.ts';

/** What clients in Node are given: problems of the datasets packed on this machine. */
export const packedProblems = (models?: ReadonlyMap<string, Float32Array>) =>
  new DatasetProblems((dataset) => fileSource(join(dataRoot, dataset)), models);
