/** A sum of bytes; its note lists the kinds of messages. */

import type { BytesByKind } from '../../../src/client/view.ts';
import { formatBytes } from '../../format.ts';
import { Note } from '../../ui/Note.tsx';
import './ByteCell.css';
import { totalBytes } from './bytes.ts';

export function ByteCell({ kinds }: { kinds: BytesByKind }) {
  const total = totalBytes(kinds);
  if (total === 0) return <td className="figure quiet">0 B</td>;
  const ordered = Object.entries(kinds).toSorted(([, a], [, b]) => b - a);
  return (
    <td className="figure">
      <Note
        note={
          <span className="kinds">
            {ordered.map(([kind, bytes]) => (
              <span key={kind}>
                {kind} <span>{formatBytes(bytes)}</span>
              </span>
            ))}
          </span>
        }
      >
        {formatBytes(total)}
      </Note>
    </td>
  );
}
