/** The phases of a round, the present one marked, each with its time in the last finished round. */

import type { OwnRound } from '../../../src/client/view.ts';
import { formatDuration, formatSmallPercent } from '../../format.ts';
import { Term } from '../../ui/Term.tsx';
import { useView } from '../../usePage.ts';
import './PhaseStrip.css';
import { phasesOf } from './progress.ts';

/** How the last round's step was solved for, where it was. */
function describeSolver(last: OwnRound | undefined): string {
  if (!last?.solver) return '';
  const { products, relativeGradient } = last.solver;
  return ` Last time it took ${products} products with the kernel, which left ${formatSmallPercent(relativeGradient)} of the gradient.`;
}

export function PhaseStrip() {
  const method = useView(({ settings }) => settings.method);
  const phase = useView((view) => view.phase);
  const last = useView(({ own }) => own.at(-1));
  return (
    <ol className="phases" aria-label="Phases of a round, with their times in the last one">
      {phasesOf(method).map((name) => {
        const time = last?.phases[name];
        return (
          <li key={name} aria-current={name === phase ? 'step' : undefined}>
            <Term of={name} more={name === 'evolve' ? describeSolver(last) : ''}>
              {name}
            </Term>
            <span className="small quiet">{time === undefined ? '–' : formatDuration(time)}</span>
          </li>
        );
      })}
    </ol>
  );
}
