/** A way back for a tab that was loaded again, or whose process has crashed, while it was in a run. */

import { useEffect } from 'react';
import { usePage } from '../usePage.ts';
import './Welcome.css';

export function GoOn() {
  const earlier = usePage((page) => page.earlier);
  const lookBack = usePage((page) => page.lookBack);
  const goOn = usePage((page) => page.goOn);
  useEffect(lookBack, [lookBack]);
  if (!earlier) return null;
  return (
    <p className="welcome-join go-on" role="status">
      <button type="button" className="action first" onClick={goOn}>
        Go on
      </button>
      <span>
        This tab was in a run of this room: {earlier.round} of {earlier.register.settings.rounds} rounds are done. It goes on with what it
        had learned, unless the others have ended the run.
      </span>
    </p>
  );
}
