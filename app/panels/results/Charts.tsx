/** The scores as curves, drawn when a round is scored and not whenever bytes have moved; the latest ones also as text. */

import { memo, useMemo } from 'react';
import type { Score } from '../../../src/client/view.ts';
import { formatLoss, formatPercent } from '../../format.ts';
import { usePaced } from '../../ui/usePaced.ts';
import { usePage, useView } from '../../usePage.ts';
import { Chart } from './Chart.tsx';
import { chartsOf } from './chartModels.ts';
import './Charts.css';
import type { Scores } from './curves.ts';

const formats = { accuracy: formatPercent, loss: formatLoss };

/** Rounds of small models are faster than anyone reads a curve, and each drawing leaves much to be collected. */
const DRAWN_EVERY_MS = 500;

export function Charts() {
  const own = useView((view) => view.own);
  const summaries = useView((view) => view.summaries);
  const self = useView((view) => view.self);
  const others = usePage((page) => page.others);
  const alone = useView((view) => view.alone);
  const scores = useMemo(() => ({ own, summaries, self, others, alone }), [own, summaries, self, others, alone]);
  const ownLast = own.at(-1);
  const latest = summaries.at(-1);
  return (
    <div className="charts">
      <p className="unseen">
        This client: <span data-testid="accuracy-own">{ownLast ? formatPercent(ownLast.score.accuracy) : '–'}</span>, mean of clients:{' '}
        <span data-testid="accuracy-mean">{latest ? formatPercent(latest.mean.accuracy) : '–'}</span>, loss of the averaged model:{' '}
        <span data-testid="loss-averaged">{latest ? formatLoss(latest.averaged.loss) : '–'}</span>
      </p>
      <Drawn scores={usePaced(scores, DRAWN_EVERY_MS)} />
    </div>
  );
}

const Drawn = memo(function Drawn({ scores }: { scores: Scores }) {
  const rounds = useView(({ settings }) => settings.rounds);
  const highlight = usePage((page) => page.highlight);
  const { own, summaries, others } = scores;
  const ownLast = own.at(-1);
  const latest = summaries.at(-1);
  const inWords = (quantity: keyof Score) => {
    const format = formats[quantity];
    return latest && ownLast
      ? `After round ${latest.round + 1}: averaged model ${format(latest.averaged[quantity])}, ` +
          `mean client ${format(latest.mean[quantity])}, this client ${format(ownLast.score[quantity])}.`
      : 'No round is finished yet.';
  };
  return chartsOf(scores, rounds).map(({ title, term, yName, data, x, y, labels, group }) => (
    <Chart
      key={title}
      title={title}
      term={term}
      summary={inWords(yName)}
      data={data}
      x={x}
      y={y}
      labels={labels}
      group={group}
      highlight={others.find(({ number }) => number === highlight)?.id}
    />
  ));
});
