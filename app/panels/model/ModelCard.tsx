/** What a model is and how it came about, as its card says. */

import { inputShape, type ModelCard as Card } from '../../../src/export/savedModel.ts';
import { formatCount, formatLoss, formatNumber, formatPercent } from '../../format.ts';

/** No list shows more. */
const MOST_NAMES = 12;

function listed(names: readonly string[]): string {
  if (names.length <= MOST_NAMES) return names.join(', ');
  return `${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more`;
}

function inputsOf({ task }: Card): string {
  if (task.kind === 'table') return `rows of ${listed(task.table.columns.map(({ name }) => name))}`;
  const [height, width] = inputShape(task);
  return `${width} × ${height} pixels, ${task.channels === 3 ? 'in colour' : 'grey'}`;
}

function layersOf({ convolutions, hidden, classes }: Card): string {
  const dense = [...hidden, classes.length].map(formatNumber).join(', ');
  return convolutions.length > 0 ? `convolutions of ${convolutions.join(', ')}; layers of ${dense}` : `layers of ${dense}`;
}

export function ModelCard({ card }: { card: Card }) {
  const { classes, weights, rounds, participants, scores } = card;
  const whose = weights === 'averaged' ? `the average of ${formatCount(participants, 'client')}` : 'one client’s own';
  return (
    <dl className="model-card small">
      <dt>Tells apart</dt>
      <dd>{listed(classes)}</dd>
      <dt>From</dt>
      <dd>{inputsOf(card)}</dd>
      <dt>Network</dt>
      <dd>{layersOf(card)}</dd>
      <dt>Weights</dt>
      <dd>
        {whose}, after {formatCount(rounds, 'round')}
      </dd>
      {scores && (
        <>
          <dt>Scores</dt>
          <dd>
            {formatPercent(scores.accuracy)} right, loss {formatLoss(scores.loss)}, on {formatNumber(scores.samples)} {scores.on} samples
          </dd>
        </>
      )}
    </dl>
  );
}
