/** `npm run lint:imports`: exit code 1 where the code and the map of imports differ. */

import { join } from 'node:path';
import { importMap } from './importMap.ts';
import { readGraph, violations } from './imports.ts';

const graph = await readGraph(join(import.meta.dirname, '../..'), ['app', 'e2e', 'src', 'vite.config.ts']);
const found = violations(graph, importMap);
for (const violation of found) process.stderr.write(`${violation}\n`);
if (found.length > 0) {
  process.stderr.write('The map is src/house/importMap.ts: change the import, or the map where the house should really be so.\n');
  process.exitCode = 1;
}
