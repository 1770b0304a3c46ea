/** The scores as curves, drawn when a round is scored and not whenever bytes have moved; the latest ones also as text. */

import type { Score } from '../../../src/client/view.ts';
import { formatLoss, formatPercent } from '../../format.ts';
import { usePage, useView } from '../../usePage.ts';
import { Chart } from './Chart.tsx';
import { chartsOf } from './chartModels.ts';
import './Charts.css';

const formats = { accuracy: formatPercent, loss: formatLoss };

export function Charts() {
  const own = useView((view) => view.own);
  const summaries = useView((view) => view.summaries);
  const self = useView((view) => view.self);
  const rounds = useView(({ settings }) => settings.rounds);
  const others = usePage((page) => page.others);
  const highlight = usePage((page) => page.highlight);
  const alone = useView((view) => view.alone);
  const ownLast = own.at(-1);
  const latest = summaries.at(-1);
  const inWords = (quantity: keyof Score) => {
    const format = formats[quantity];
    return latest && ownLast
      ? `After round ${latest.round + 1}: averaged model ${format(latest.averaged[quantity])}, ` +
          `mean client ${format(latest.mean[quantity])}, this client ${format(ownLast.score[quantity])}.`
      : 'No round is finished yet.';
  };
  return (
    <div className="charts">
      <p className="unseen">
        This client: <span data-testid="accuracy-own">{ownLast ? formatPercent(ownLast.score.accuracy) : '–'}</span>, mean of clients:{' '}
        <span data-testid="accuracy-mean">{latest ? formatPercent(latest.mean.accuracy) : '–'}</span>, loss of the averaged model:{' '}
        <span data-testid="loss-averaged">{latest ? formatLoss(latest.averaged.loss) : '–'}</span>
      </p>
      {chartsOf({ own, summaries, self, others, alone }, rounds).map(({ title, term, yName, data, x, y, labels, group }) => (
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
      ))}
    </div>
  );
}
