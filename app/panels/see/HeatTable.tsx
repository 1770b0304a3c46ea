/** Counts in rows and columns, shaded by how large a part of its whole each is. */

import type { ReactNode } from 'react';
import { formatNumber } from '../../format.ts';
import type { ColourToken } from '../../colours.ts';
import './HeatTable.css';

export interface HeatColumn {
  readonly key: string;
  readonly name: string;
  /** The colour of its cells. */
  readonly shade: ColourToken;
}

export interface HeatRow {
  readonly name: string;
  readonly counts: readonly number[];
  /** What stands after the counts. */
  readonly result?: string;
}

/** Letters that have room above a narrow column. */
const SHORT = 3;

interface HeatTableProps {
  readonly caption: string;
  /** What rows and columns are, in the corner. */
  readonly corner: ReactNode;
  readonly columns: readonly HeatColumn[];
  readonly rows: readonly HeatRow[];
  /** What the results are. */
  readonly results?: string;
  /** The part of its whole that a count is, 0 .. 1. */
  readonly partOf: (row: HeatRow, column: number) => number;
}

export function HeatTable({ caption, corner, columns, rows, results, partOf }: HeatTableProps) {
  const isLong = columns.some(({ name }) => name.length > SHORT);
  return (
    <div className="heat" role="region" aria-label={caption} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col" className="corner">
              {corner}
            </th>
            {columns.map(({ key, name }) => (
              <th key={key} scope="col" className={isLong ? 'column long' : 'column'}>
                <span>{name}</span>
              </th>
            ))}
            {results !== undefined && <th scope="col">{results}</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, r) => (
            <tr key={r}>
              <th scope="row">{row.name}</th>
              {row.counts.map((count, c) => (
                <td
                  key={columns[c]?.key}
                  className={count === 0 ? 'none' : undefined}
                  // Small parts are to be seen too: the area of a square grows as its side does not.
                  style={{ '--shade': `var(${columns[c]?.shade ?? '--ink'})`, '--part': Math.sqrt(partOf(row, c)) }}
                >
                  {formatNumber(count)}
                </td>
              ))}
              {row.result !== undefined && <td className="result">{row.result}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
