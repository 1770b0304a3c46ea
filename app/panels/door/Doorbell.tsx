/** Who asks at the door to come in: each by the name they give, until they are let in or turned away. */

import { usePage } from '../../usePage.ts';
import './Doorbell.css';

const nobody = [] as const;

export function Doorbell() {
  const callers = usePage(({ keptDoor }) => (keptDoor.kind === 'kept' ? keptDoor.callers : nobody));
  const admit = usePage((page) => page.admit);
  const turnAway = usePage((page) => page.turnAway);
  return (
    <div className="doorbell" role="status">
      {callers.length > 0 && (
        <ul aria-label="At the door">
          {callers.map(({ id, name }) => (
            <li key={id}>
              <span>
                <strong>{name}</strong> asks to come in.
              </span>
              <button type="button" className="action" onClick={() => admit(id)}>
                Let in <span className="unseen">{name}</span>
              </button>
              <button type="button" className="link" onClick={() => turnAway(id)}>
                Turn away <span className="unseen">{name}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
