/** The curves as numbers, latest round first. */

import { formatBytes, formatLoss, formatPercent, formatSmallPercent } from '../../format.ts';
import { Term } from '../../ui/Term.tsx';
import { useView } from '../../usePage.ts';
import './ScoreTable.css';

export function ScoreTable() {
  const own = useView((view) => view.own);
  const summaries = useView((view) => view.summaries);
  const isSolved = own.some(({ solver }) => solver !== null);
  const summaryOf = new Map(summaries.map((summary) => [summary.round, summary]));
  return (
    <div className="scores" role="region" aria-label="Scores by round" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Round</th>
            <th scope="col">
              <Term of="averaged">Averaged</Term>
            </th>
            <th scope="col">
              <Term of="mean">Mean</Term>
            </th>
            <th scope="col">This client</th>
            <th scope="col">
              <Term of="loss">Its loss</Term>
            </th>
            <th scope="col">Its bytes</th>
            {isSolved && (
              <th scope="col" className="wide">
                <Term of="solver">Solved in</Term>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {own.toReversed().map(({ round, score, bytesSent, solver }) => {
            const summary = summaryOf.get(round);
            return (
              <tr key={round}>
                <th scope="row">{round + 1}</th>
                <td>{summary ? formatPercent(summary.averaged.accuracy) : '–'}</td>
                <td>{summary ? formatPercent(summary.mean.accuracy) : '–'}</td>
                <td>{formatPercent(score.accuracy)}</td>
                <td>{formatLoss(score.loss)}</td>
                <td>{formatBytes(bytesSent)}</td>
                {isSolved && (
                  <td className="wide">{solver ? `${solver.products} to ${formatSmallPercent(solver.relativeGradient)}` : '–'}</td>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
