/** What runs had before a setting was there: no record of them says it, and today's default may be another. */

import { isFields, type Fields } from './mergePatch.ts';

/** One entry a setting, added with it. A `kind` holds its entry to the records of that kind, or of none yet. */
const before: readonly Fields[] = [
  { convolutions: [] },
  { projection: 'khatri-rao', projectionSize: 1000 },
  { method: { kind: 'ntk', evolution: { teacher: 'mixed' } } },
  { method: { kind: 'ntk', kernel: 'averaged', pull: 0, evolution: { kind: 'flow' } } },
  { patience: 0 },
  { initialModel: '' },
  { task: null },
  { aggregation: 'mean' },
];

/** Completes the settings of a record by what is younger than it. */
export function complete(settings: Fields): Fields {
  return before.reduce(filled, settings);
}

function filled(settings: Fields, had: Fields): Fields {
  if (settings['kind'] !== undefined && had['kind'] !== undefined && settings['kind'] !== had['kind']) return settings;
  const nested = Object.entries(had).flatMap(([name, value]) => {
    const own = settings[name];
    return isFields(own) && isFields(value) ? [[name, filled(own, value)] as const] : [];
  });
  return { ...had, ...settings, ...Object.fromEntries(nested) };
}
