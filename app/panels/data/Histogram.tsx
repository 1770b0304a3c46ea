/** Samples of each class, as bars with names and counts. */

import { classRows } from './classRows.ts';
import './Histogram.css';

export function Histogram({ counts, names }: { counts: readonly number[]; names: readonly string[] }) {
  const rows = classRows(counts, names);
  const most = Math.max(1, ...rows.map(({ count }) => count));
  return (
    <table className="histogram">
      <caption className="unseen">My samples by class</caption>
      <tbody>
        {rows.map(({ name, count }, k) => (
          <tr key={k} className={count === 0 ? 'quiet' : undefined}>
            <th scope="row">{name}</th>
            <td>
              <span className="bar" style={{ '--part': count / most }} />
              {count}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
