/** Classes as people look for them: by number where all are numbers, else by name. */

import type { Reading } from '../../../src/data/formats/reading.ts';

export function classesByName(classes: Reading['classes']): Reading['classes'] {
  return classes.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}
