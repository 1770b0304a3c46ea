/** What the next run is. All tabs share it, but for the backend; anyone may change it before the start. */

import { useState } from 'react';
import { isCentralised } from '../../../src/settings/method.ts';
import { algorithms, presets } from '../../../src/settings/presets.ts';
import { settingsSchema, withAlgorithm, type Settings } from '../../../src/settings/settings.ts';
import { backendWishes } from '../../address.ts';
import { Term } from '../../ui/Term.tsx';
import { usePage, useView } from '../../usePage.ts';
import { Choice } from './Choice.tsx';
import { DatasetField } from './DatasetField.tsx';
import { aggregationNames, describeAggregation, modelProblem, samplesOf } from './describe.ts';
import { ExchangeField } from './ExchangeField.tsx';
import { KernelField } from './KernelField.tsx';
import { Menu } from './Menu.tsx';
import { ModelField } from './ModelField.tsx';
import { NumberField } from './NumberField.tsx';
import { PartitionField } from './PartitionField.tsx';
import './SettingsForm.css';
import { StartField } from './StartField.tsx';
import { TaskField } from './TaskField.tsx';
import { TeacherField } from './TeacherField.tsx';
import { TopologyField } from './TopologyField.tsx';

/** The spread of clients' sizes where they differ: two thirds lie between 0.6 and 1.6 times the median. */
const UNEQUAL = 0.5;

/** Centralised training has everyone's samples, which own data are not. */
const federated = algorithms.filter((algorithm) => !isCentralised(presets[algorithm].method));

const backendNames = { auto: 'automatic', webgpu: 'WebGPU', wasm: 'WebAssembly', cpu: 'cpu' } as const;

export function SettingsForm() {
  const shared = useView((view) => view.settings);
  const task = usePage((page) => page.task);
  const clients = useView(({ peers }) => peers.length + 1);
  const datasets = usePage((page) => page.datasets);
  const backend = usePage(({ address }) => address.backend);
  const command = usePage((page) => page.command);
  const loadWith = usePage((page) => page.loadWith);
  // A change shows at once here, and is dropped for the room's answer when that comes.
  const [pending, setPending] = useState<{ over: Settings; settings: Settings } | null>(null);
  const settings = pending?.over === shared ? pending.settings : shared;
  // What cannot be trained is not proposed to the others.
  const [refusal, setRefusal] = useState<string | null>(null);
  const change = (changed: Settings) => {
    const problem = modelProblem(changed, samplesOf(changed, datasets.entries));
    setRefusal(problem);
    if (problem !== null) return;
    setPending({ over: shared, settings: changed });
    command({ type: 'configure', settings: changed });
  };

  return (
    <section className="settings" aria-labelledby="settings-title">
      <h2 id="settings-title">What we will learn</h2>
      <p className="quiet">Everyone here shares these settings and can change them until the start.</p>
      <div className="fields">
        {task ? (
          <TaskField task={task} />
        ) : (
          <DatasetField
            dataset={settings.dataset}
            datasets={datasets}
            onChange={(dataset) => change({ ...settings, dataset, initialModel: '' })}
          />
        )}
        <NumberField
          label={task ? 'Most samples a client' : 'Samples a client'}
          value={settings.samples}
          schema={settingsSchema.entries.samples}
          onChange={(samples) => change({ ...settings, samples })}
        >
          {!task && (
            <label className="check">
              <input
                type="checkbox"
                checked={settings.sizeSpread > 0}
                onChange={({ target }) => change({ ...settings, sizeSpread: target.checked ? UNEQUAL : 0 })}
              />
              sizes differ
            </label>
          )}
        </NumberField>
        {!task && <PartitionField partition={settings.partition} onChange={(partition) => change({ ...settings, partition })} />}
        <TopologyField topology={settings.topology} clients={clients} onChange={(topology) => change({ ...settings, topology })} />
        <Menu
          label="Method"
          values={task ? federated : algorithms}
          nameOf={(algorithm) => presets[algorithm].title}
          value={settings.algorithm}
          onChange={(algorithm) => change({ ...withAlgorithm(settings, algorithm), union: clients })}
          hint={presets[settings.algorithm].description}
        />
        <KernelField method={settings.method} onChange={(method) => change({ ...settings, method })} />
        <TeacherField method={settings.method} onChange={(method) => change({ ...settings, method })} />
        <ModelField settings={settings} refusal={refusal} onChange={(changed) => change({ ...settings, ...changed, initialModel: '' })} />
        <StartField settings={settings} onChange={change} />
        <ExchangeField settings={settings} samples={samplesOf(settings, datasets.entries)} onChange={change} />
        <Choice
          label={<Term of="aggregation">Mix</Term>}
          values={settingsSchema.entries.aggregation.options}
          names={aggregationNames}
          value={settings.aggregation}
          onChange={(aggregation) => change({ ...settings, aggregation })}
          hint={describeAggregation(settings.aggregation)}
        />
        <div className="pair">
          <NumberField
            label="Rounds"
            value={settings.rounds}
            schema={settingsSchema.entries.rounds}
            onChange={(rounds) => change({ ...settings, rounds })}
          />
          <NumberField
            label={<Term of="patience">Patience</Term>}
            value={settings.patience}
            schema={settingsSchema.entries.patience}
            onChange={(patience) => change({ ...settings, patience })}
          />
        </div>
        <NumberField
          label={<Term of="seed">Seed</Term>}
          value={settings.seed}
          schema={settingsSchema.entries.seed}
          onChange={(seed) => change({ ...settings, seed })}
        />
      </div>
      <div className="fields own">
        <Choice
          label="This tab computes with"
          values={backendWishes}
          names={backendNames}
          value={backend}
          onChange={loadWith}
          hint="Only for this tab; a change loads it again."
        />
      </div>
    </section>
  );
}
