/** Runs of this tab over each other, each with its settings, seed and data. */

import { useState } from 'react';
import type { ColourToken } from '../../colours.ts';
import { formatCount, formatPercent } from '../../format.ts';
import { runShown, type ScoredRun } from '../../runs.ts';
import { usePage, useView } from '../../usePage.ts';
import { Chart } from '../results/Chart.tsx';
import { describeSettings } from '../settings/describe.ts';
import './Classes.css';
import { overlayChart, runColour } from './overlay.ts';
import './Runs.css';

interface RunRowProps {
  readonly run: ScoredRun;
  readonly name: string;
  readonly colour: ColourToken;
  /** Null of the present run, which always shows. */
  readonly onShow: ((isShown: boolean) => void) | null;
  readonly isShown: boolean;
}

function RunRow({ run: { settings, clients, summaries }, name, colour, isShown, onShow }: RunRowProps) {
  return (
    <li>
      <label className="check">
        <input type="checkbox" checked={isShown} disabled={onShow === null} onChange={({ target }) => onShow?.(target.checked)} />
        <span className="run-mark" style={{ background: `var(${colour})` }} />
        <strong>{name}</strong>: {formatPercent(summaries.at(-1)?.averaged.accuracy ?? 0)} after {formatCount(summaries.length, 'round')},{' '}
        {formatCount(clients, 'client')}
      </label>
      <p className="small quiet">{describeSettings(settings)}</p>
    </li>
  );
}

export default function Runs() {
  const runs = usePage((page) => page.runs);
  const run = useView((view) => view.run);
  const settings = useView((view) => view.settings);
  const summaries = useView((view) => view.summaries);
  const [hidden, setHidden] = useState<readonly string[]>([]);
  const present = runShown({ run, settings, summaries });
  const earlier = runs.filter(({ id }) => id !== present?.id);
  const shown = earlier.filter(({ id }) => !hidden.includes(id));
  const { title, term, data, x, y, labels, group } = overlayChart(shown, present);
  const last = earlier.map(({ number, ...ended }) => `run ${number} ${formatPercent(ended.summaries.at(-1)?.averaged.accuracy ?? 0)}`);
  return (
    <div className="see">
      <Chart title={title} term={term} summary={last.join(', ')} data={data} x={x} y={y} labels={labels} group={group} />
      <ol className="runs">
        {present && <RunRow run={present} name="This run" colour="--ink" isShown onShow={null} />}
        {earlier.toReversed().map((ended) => (
          <RunRow
            key={ended.id}
            run={ended}
            name={`Run ${ended.number}`}
            colour={runColour(ended)}
            isShown={!hidden.includes(ended.id)}
            onShow={(isShown) => setHidden(isShown ? hidden.filter((id) => id !== ended.id) : [...hidden, ended.id])}
          />
        ))}
      </ol>
    </div>
  );
}
