/** The scores as curves, drawn when a round is scored and not whenever bytes have moved; the latest ones also as text. */

import type { Score } from '../../../src/client/view.ts';
import { formatLoss, formatPercent } from '../../format.ts';
import { usePage, useView } from '../../usePage.ts';
import { accuracyAxis, bytesAxis, ends, lossAxis, roundAxis, smallAccuracyAxis } from './axes.ts';
import { Chart } from './Chart.tsx';
import './Charts.css';
import { accuracyByBytes, curvesByRound } from './curves.ts';

export function Charts() {
  const own = useView((view) => view.own);
  const summaries = useView((view) => view.summaries);
  const self = useView((view) => view.self);
  const rounds = useView(({ settings }) => settings.rounds);
  const others = usePage((page) => page.others);
  const highlight = usePage((page) => page.highlight);
  const alone = useView((view) => view.alone);
  const scores = { own, summaries, self, others, alone };
  const accuracy = curvesByRound(scores, 'accuracy', true);
  const loss = curvesByRound(scores, 'loss', false);
  const bytes = accuracyByBytes(scores);
  const byRound = roundAxis(rounds);
  const ownLast = own.at(-1);
  const latest = summaries.at(-1);
  const inWords = (quantity: keyof Score, format: (value: number) => string) =>
    latest && ownLast
      ? `After round ${latest.round + 1}: averaged model ${format(latest.averaged[quantity])}, ` +
        `mean client ${format(latest.mean[quantity])}, this client ${format(ownLast.score[quantity])}.`
      : 'No round is finished yet.';
  return (
    <div className="charts">
      <p className="unseen">
        This client: <span data-testid="accuracy-own">{ownLast ? formatPercent(ownLast.score.accuracy) : '–'}</span>, mean of clients:{' '}
        <span data-testid="accuracy-mean">{latest ? formatPercent(latest.mean.accuracy) : '–'}</span>, loss of the averaged model:{' '}
        <span data-testid="loss-averaged">{latest ? formatLoss(latest.averaged.loss) : '–'}</span>
      </p>
      <Chart
        title="Accuracy by round"
        term="accuracy"
        summary={inWords('accuracy', formatPercent)}
        data={accuracy}
        x={byRound}
        y={accuracyAxis}
        labels="large"
        group="rounds"
        highlight={others.find(({ number }) => number === highlight)?.id}
      />
      <Chart
        title="Loss by round"
        term="loss"
        summary={inWords('loss', formatLoss)}
        data={loss}
        x={ends(byRound)}
        y={lossAxis(loss)}
        labels="small"
        group="rounds"
      />
      <Chart
        title="Accuracy by bytes a client"
        term="cost"
        summary={inWords('accuracy', formatPercent)}
        data={bytes}
        x={bytesAxis(bytes, summaries.length, rounds)}
        y={smallAccuracyAxis}
        labels="small"
        group="bytes"
      />
    </div>
  );
}
