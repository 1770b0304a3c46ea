/** Everything that is not learned from, by its reason, each file, row and column by name. */

import type { LeftOut } from '../../../src/data/formats/reading.ts';
import { formatCount, formatNumber } from '../../format.ts';
import './LeftOutNotes.css';

const nouns = { column: 'column', row: 'row', file: 'file', 'system file': 'system file' } as const;

export function LeftOutNotes({ leftOut }: { leftOut: readonly LeftOut[] }) {
  const total = leftOut.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return null;
  return (
    <section className="left-out" aria-labelledby="left-out-title">
      <h3 id="left-out-title">Left out</h3>
      {leftOut.map(({ what, why, count, examples }) => (
        <details key={`${what} ${why}`} open={leftOut.length <= 3 && count <= 4}>
          <summary>
            {formatCount(count, nouns[what])}: {why}
          </summary>
          <ul>
            {examples.map((name) => (
              <li key={name}>{name}</li>
            ))}
            {count > examples.length && <li>and {formatNumber(count - examples.length)} more</li>}
          </ul>
        </details>
      ))}
    </section>
  );
}
