/** Which classes a client holds. */

import { DEFAULT_ALPHA, settingsSchema, type PartitionRule } from '../../../src/settings/settings.ts';
import { Term } from '../../ui/Term.tsx';
import { Choice } from './Choice.tsx';
import { describeUnevenness } from './describe.ts';
import { NumberField } from './NumberField.tsx';
import { SliderField } from './SliderField.tsx';

const kinds = ['dirichlet', 'shards', 'iid'] as const;
const kindNames = { dirichlet: 'uneven', shards: 'only some', iid: 'even' } as const;

/** What each kind begins with. */
const defaults: Readonly<Record<PartitionRule['kind'], PartitionRule>> = {
  dirichlet: { kind: 'dirichlet', alpha: DEFAULT_ALPHA },
  shards: { kind: 'shards', classes: 2 },
  iid: { kind: 'iid' },
};

/** From mostly one class a client to nearly all alike. */
const alphas = [0.03, 0.1, 0.3, 1, 3, 10] as const;

const classesSchema = settingsSchema.entries.partition.options[2].entries.classes;

interface PartitionFieldProps {
  readonly partition: PartitionRule;
  readonly onChange: (partition: PartitionRule) => void;
}

export function PartitionField({ partition, onChange }: PartitionFieldProps) {
  return (
    <>
      <Choice
        label="Classes a client"
        values={kinds}
        names={kindNames}
        value={partition.kind}
        onChange={(kind) => onChange(defaults[kind])}
      />
      {partition.kind === 'dirichlet' && (
        <SliderField
          label={<Term of="unevenness">Evenness</Term>}
          stops={alphas}
          value={partition.alpha}
          describe={(alpha) => `${describeUnevenness(alpha)}, α ${alpha}`}
          onChange={(alpha) => onChange({ kind: 'dirichlet', alpha })}
        />
      )}
      {partition.kind === 'shards' && (
        <NumberField
          label="How many"
          value={partition.classes}
          schema={classesSchema}
          onChange={(classes) => onChange({ kind: 'shards', classes })}
        />
      )}
    </>
  );
}
