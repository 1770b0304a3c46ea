import { memo, useMemo, useState } from 'react';
import type { ClientView, Score } from '../../../src/client/view.ts';
import { formatBytes, formatLoss, formatPercent } from '../../format.ts';
import './results.css';
import { Term } from '../../ui/Term.tsx';
import { Chart } from './Chart.tsx';
import { accuracyByBytes, curvesByRound, niceCeiling, type Scores } from './curves.ts';
import type { Axis } from './Plot.tsx';
import { ScoreTable } from './ScoreTable.tsx';

/** What the federation and this client have learned, round by round. */
export function Learning({ view, highlight }: { view: ClientView; highlight: number | null }) {
  const [asTable, setAsTable] = useState(false);
  const { own, summaries, self, peers, settings } = view;
  const ids = JSON.stringify(peers.map(({ id, number }) => [id, number]));
  // Their text stands for who the others are: what else is told of them changes many times a round.
  const others = useMemo(() => peers.map(({ id, number }) => ({ id, number })), [ids]);
  const latest = summaries.at(-1);
  return (
    <section className="learning" aria-labelledby="learning-title">
      <div className="learning-head">
        <h2 id="learning-title">What we learn</h2>
        <button type="button" className="link small" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {asTable ? 'Show curves' : 'Show numbers'}
        </button>
      </div>
      <p className="headline">
        <strong data-testid="accuracy-averaged" className={latest ? undefined : 'quiet'}>
          {latest ? formatPercent(latest.averaged.accuracy) : '– %'}
        </strong>
        <span className="quiet">
          of {(view.scoredOn ?? settings.testSamples).toLocaleString('en')} {settings.scoreOn} samples recognised by the{' '}
          <Term of="averaged">averaged model</Term>
        </span>
      </p>
      {asTable ? (
        <ScoreTable own={own} summaries={summaries} />
      ) : (
        <Charts {...{ own, summaries, self, others, highlight }} rounds={settings.rounds} />
      )}
    </section>
  );
}

const percentTicks = [0, 0.2, 0.4, 0.6, 0.8, 1];
const wholePercent = (value: number) => `${Math.round(100 * value)}\u00a0%`;
const accuracyAxis: Axis = { max: 1, ticks: percentTicks, formatTick: wholePercent, describe: formatPercent };
const smallAccuracyAxis: Axis = { ...accuracyAxis, ticks: [0, 0.5, 1] };

/** Loss of guessing among ten classes, nats, rounded up: the axis starts there and grows only for worse. */
const GUESSING_LOSS = 2.5;

function roundAxis(rounds: number): Axis {
  const step = Math.max(1, niceCeiling(rounds / 5));
  const ticks = Array.from({ length: Math.floor(rounds / step) + 1 }, (_, k) => Math.round(k * step));
  return { max: rounds, ticks, formatTick: String, describe: (round) => `after round ${round}` };
}

/** Only the ends, where there is little room. */
function ends(axis: Axis): Axis {
  return { ...axis, ticks: [0, axis.max] };
}

function lossAxis(values: readonly (number | null | undefined)[]): Axis {
  const most = Math.max(...values.map((value) => value ?? 0), 0);
  const max = most <= GUESSING_LOSS ? GUESSING_LOSS : niceCeiling(most);
  return { max, ticks: [0, max / 2, max], formatTick: (value) => value.toFixed(value === 0 ? 0 : 2), describe: formatLoss };
}

/** As long as the run's bytes would be at the present rate. */
function bytesAxis(x: readonly number[], finished: number, rounds: number): Axis {
  const max = niceCeiling(((x.at(-1) ?? 0) * rounds) / Math.max(1, finished));
  return {
    max,
    ticks: x.length > 0 ? [0, max / 2, max] : [0],
    formatTick: (value) => (value === 0 ? '0' : formatBytes(value).replace('.0', '')),
    describe: (bytes) => `after ${formatBytes(bytes)}`,
  };
}

interface ChartsProps extends Scores {
  /** Of the whole run. */
  readonly rounds: number;
  /** The number of the client to emphasise. */
  readonly highlight: number | null;
}

/** Drawn when a round is scored, not whenever bytes have moved. */
const Charts = memo(function Charts({ own, summaries, self, others, rounds, highlight }: ChartsProps) {
  const scores = { own, summaries, self, others };
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
        y={lossAxis(loss.curves.flatMap(({ values }) => values))}
        labels="small"
        group="rounds"
      />
      <Chart
        title="Accuracy by bytes a client"
        term="cost"
        summary={inWords('accuracy', formatPercent)}
        data={bytes}
        x={bytesAxis(bytes.x, summaries.length, rounds)}
        y={smallAccuracyAxis}
        labels="small"
        group="bytes"
      />
    </div>
  );
});
