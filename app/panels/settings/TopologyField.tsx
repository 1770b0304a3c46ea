/** Who talks to whom. */

import { isChanging, settingsSchema, type TopologySettings } from '../../../src/settings/settings.ts';
import { formatWholePercent } from '../../format.ts';
import { glossary } from '../../glossary.ts';
import { Menu } from './Menu.tsx';
import { NumberField } from './NumberField.tsx';
import { SliderField } from './SliderField.tsx';

const kinds = ['ring', 'k-regular', 'erdos-renyi', 'star', 'full'] as const;
const kindNames = {
  ring: 'ring',
  'k-regular': 'some at random',
  'erdos-renyi': 'each pair by chance',
  star: 'star',
  full: 'everyone',
} as const;

/** What each kind begins with. */
const defaults: Readonly<Record<TopologySettings['kind'], TopologySettings>> = {
  ring: { kind: 'ring' },
  'k-regular': { kind: 'k-regular', degree: 3, changing: false },
  'erdos-renyi': { kind: 'erdos-renyi', probability: 0.5, changing: false },
  star: { kind: 'star' },
  full: { kind: 'full' },
};

const degreeSchema = settingsSchema.entries.topology.options[1].entries.degree;
const probabilities = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] as const;

interface TopologyFieldProps {
  readonly topology: TopologySettings;
  /** Clients in the room, this one included. */
  readonly clients: number;
  readonly onChange: (topology: TopologySettings) => void;
}

export function TopologyField({ topology, clients, onChange }: TopologyFieldProps) {
  return (
    <>
      <Menu
        label="Neighbours"
        values={kinds}
        nameOf={(kind) => kindNames[kind]}
        value={topology.kind}
        onChange={(kind) => onChange(defaults[kind])}
        hint={hintFor(topology, clients)}
      />
      {topology.kind === 'k-regular' && (
        <NumberField
          label="Neighbours each"
          value={topology.degree}
          schema={degreeSchema}
          onChange={(degree) => onChange({ ...topology, degree })}
        >
          <EveryRound changing={isChanging(topology)} onChange={(changing) => onChange({ ...topology, changing })} />
        </NumberField>
      )}
      {topology.kind === 'erdos-renyi' && (
        <SliderField
          label="Chance of a pair"
          stops={probabilities}
          value={topology.probability}
          describe={formatWholePercent}
          onChange={(probability) => onChange({ ...topology, probability })}
        >
          <EveryRound changing={isChanging(topology)} onChange={(changing) => onChange({ ...topology, changing })} />
        </SliderField>
      )}
    </>
  );
}

function EveryRound({ changing, onChange }: { changing: boolean; onChange: (changing: boolean) => void }) {
  return (
    <label className="check">
      <input type="checkbox" checked={changing} onChange={() => onChange(!changing)} />
      new each round
    </label>
  );
}

function hintFor(topology: TopologySettings, clients: number): string {
  const tooMany = topology.kind === 'k-regular' && clients > 1 && topology.degree >= clients;
  return tooMany ? `With ${clients} clients here, each can have at most ${clients - 1}.` : glossary[topology.kind];
}
