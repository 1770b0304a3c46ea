import type { Phase, PhaseTimes } from '../../../src/client/view.ts';
import type { Method } from '../../../src/settings/method.ts';
import { formatDuration } from '../../format.ts';
import { Term } from '../../ui/Term.tsx';
import { phasesOf } from './progress.ts';

interface PhaseStripProps {
  readonly family: Method['kind'];
  readonly phase: Phase | null;
  readonly last: PhaseTimes | null;
}

/** The phases of a round, the present one marked, each with its time in the last finished round. */
export function PhaseStrip({ family, phase, last }: PhaseStripProps) {
  return (
    <ol className="phases" aria-label="Phases of a round, with their times in the last one">
      {phasesOf[family].map((name) => {
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
