/** Where things lie in this project. */

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

/** Where the packed datasets lie, a folder each; the page finds it under `/data/`. */
export const dataRoot = join(projectRoot, 'public', 'data');
