/** Which classes a model takes for which; of many classes the most frequent mix-ups alone. */

import type { ColourToken } from '../../colours.ts';
import { formatNumber, formatWholePercent } from '../../format.ts';
import { classRows, mixUps } from './confusion.ts';
import './ConfusionTable.css';
import { HeatTable } from './HeatTable.tsx';

/** Of more classes no matrix is read. */
const MOST_CLASSES = 24;
const MOST_MIX_UPS = 15;

interface ConfusionTableProps {
  readonly confusion: readonly number[];
  readonly names: readonly string[];
  readonly shade: ColourToken;
}

export function ConfusionTable({ confusion, names, shade }: ConfusionTableProps) {
  const rows = classRows(confusion, names);
  if (rows.length > MOST_CLASSES) {
    return (
      <ol className="mix-ups">
        {mixUps(confusion, names)
          .slice(0, MOST_MIX_UPS)
          .map(({ is, named, count }) => (
            <li key={`${is}/${named}`}>
              <strong>{is}</strong> taken for <strong>{named}</strong>: {formatNumber(count)} times
            </li>
          ))}
      </ol>
    );
  }
  return (
    <HeatTable
      caption="What is taken for what"
      corner={'it is ↓\ntaken for →'}
      columns={rows.map(({ name }) => ({ key: name, name, shade }))}
      rows={rows.map(({ name, named, right }) => ({ name, counts: named, result: right === null ? '–' : formatWholePercent(right) }))}
      results="right"
      partOf={({ counts }, c) =>
        counts[c]! /
        Math.max(
          1,
          counts.reduce((sum, count) => sum + count, 0),
        )
      }
    />
  );
}
