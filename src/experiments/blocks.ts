/** What the marked blocks of docs/RESULTS.md hold, by the text of their marks, e.g. `table: wire`. */

import { algorithms, presets } from '../settings/presets.ts';
import type { Findings } from './findings.ts';
import { studies } from './plan.ts';
import { table } from './tables.ts';
import { targets } from './targets.ts';
import { tuningTable } from './tuning.ts';
import { values } from './values.ts';

/** The methods' names and what they are, as everywhere in the project. */
const methodList = () =>
  algorithms.map((algorithm) => `- **${presets[algorithm].title}** (\`${algorithm}\`): ${presets[algorithm].description}`).join('\n');

const under = (kind: string, named: ReadonlyMap<string, string>) => [...named].map(([name, text]) => [`${kind}: ${name}`, text] as const);

export function blocks(findings: Findings): ReadonlyMap<string, string> {
  return new Map([
    ['list: methods', methodList()],
    ['table: tuning', tuningTable(findings.tuning)],
    ['table: tuning-whole', tuningTable(findings.solving)],
    ...studies.map(({ name, table: kind }) => [`table: ${name}`, table(kind, findings.studies.get(name) ?? [])] as const),
    ...under('target', targets(findings.studies)),
    ...under('value', values(findings)),
  ]);
}
