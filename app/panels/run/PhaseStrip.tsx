/** The phases of a round, the present one marked, each with its time in the last finished round. */

import { formatDuration } from '../../format.ts';
import { Term } from '../../ui/Term.tsx';
import { useView } from '../../usePage.ts';
import './PhaseStrip.css';
import { phasesOf } from './progress.ts';

export function PhaseStrip() {
  const method = useView(({ settings }) => settings.method);
  const phase = useView((view) => view.phase);
  const last = useView(({ own }) => own.at(-1)?.phases);
  return (
    <ol className="phases" aria-label="Phases of a round, with their times in the last one">
      {phasesOf(method).map((name) => {
        const time = last?.[name];
        return (
          <li key={name} aria-current={name === phase ? 'step' : undefined}>
            <Term of={name}>{name}</Term>
            <span className="small quiet">{time === undefined ? '–' : formatDuration(time)}</span>
          </li>
        );
      })}
    </ol>
  );
}
