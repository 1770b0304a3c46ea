/** What computes here, and why. */

import type { BackendView } from '../../../src/client/view.ts';
import { Term } from '../../ui/Term.tsx';
import './BackendNote.css';

const backendNames = { webgpu: 'WebGPU', wasm: 'WebAssembly', cpu: 'plain JavaScript (cpu)' } as const;

export function BackendNote({ backend }: { backend: BackendView }) {
  return (
    <p className="backend small">
      <Term of="backend">Computes</Term> with <strong data-testid="backend">{backendNames[backend.name]}</strong>
      {backend.adapter && ` on ${backend.adapter}`}
      <span className="quiet">. {backend.reason}</span>
    </p>
  );
}
