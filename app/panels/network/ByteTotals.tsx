/** What this client has sent, the method's bytes apart from the rest. */

import { formatBytes } from '../../format.ts';
import { Term } from '../../ui/Term.tsx';
import { useView } from '../../usePage.ts';
import './ByteTotals.css';

export function ByteTotals() {
  const bytes = useView((view) => view.bytes);
  return (
    <dl className="totals">
      <div>
        <dt>
          Sent: <Term of="training">training</Term>
        </dt>
        <dd data-testid="bytes-training">{formatBytes(bytes.training)}</dd>
      </div>
      <div>
        <dt>
          <Term of="evaluation">evaluation</Term>
        </dt>
        <dd data-testid="bytes-evaluation">{formatBytes(bytes.evaluation)}</dd>
      </div>
      <div>
        <dt>
          <Term of="control">control</Term>
        </dt>
        <dd data-testid="bytes-control">{formatBytes(bytes.control)}</dd>
      </div>
    </dl>
  );
}
