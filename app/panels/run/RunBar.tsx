/** How the run stands, and what one can do about it; under it a line that grows with the rounds. */

import { useView } from '../../usePage.ts';
import { finishedRounds } from './progress.ts';
import { RunActions } from './RunActions.tsx';
import './RunBar.css';
import { RunDetail } from './RunDetail.tsx';
import { runTitle } from './runTitle.ts';

export function RunBar() {
  const title = useView(runTitle);
  const done = useView((view) => finishedRounds(view) / view.settings.rounds);
  return (
    <section className="run-bar" aria-label="Run">
      <h2 data-testid="run-title" aria-live="polite">
        {title}
      </h2>
      <RunDetail />
      <RunActions />
      <div className="run-done">
        <div style={{ width: `${100 * done}%` }} />
      </div>
    </section>
  );
}
