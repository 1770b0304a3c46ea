/** What computes here, and why. */

import { backendTitles } from '../../../src/backend/titles.ts';
import type { BackendView } from '../../../src/client/view.ts';
import { Term } from '../../ui/Term.tsx';
import './BackendNote.css';

export function BackendNote({ backend }: { backend: BackendView }) {
  return (
    <p className="backend small">
      <Term of="backend">Computes</Term> with <strong data-testid="backend">{backendTitles[backend.name]}</strong>
      {backend.adapter && ` on ${backend.adapter}`}
      <span className="quiet">. {backend.reason}</span>
    </p>
  );
}
