import { expect, test } from 'vitest';
import { emptyView, type RoundSummary } from '../../../src/client/view.ts';
import { chartsOf } from '../results/chartModels.ts';
import { chartSvg, matrixSvg } from './svg.ts';
import { chartCsv, confusionCsv, holdingsCsv, runJson, scoresCsv } from './texts.ts';

const score = (accuracy: number) => ({ accuracy, loss: 2 * (1 - accuracy) });
const self = { id: 'me', number: 1 };
const own = [0, 1].map((round) => ({
  round,
  score: score(0.25 * (round + 1)),
  phases: {},
  work: {},
  solver: null,
  bytesSent: 1000,
  neighbours: [],
  missed: [],
}));
const summary: RoundSummary = {
  round: 0,
  averaged: score(0.75),
  confusion: [3, 1, 0, 0],
  mean: score(0.5),
  clients: [
    { id: 'me', number: 1, ...score(0.25) },
    { id: 'you', number: 0, ...score(0.5) },
  ],
  bytesSent: 2000,
  seconds: 1,
};
const view = { ...emptyView, self, own, summaries: [summary] };
const [accuracy] = chartsOf({ own, summaries: view.summaries, self, others: [{ id: 'you', number: 0 }], alone: null }, 2);
const names = ['cat', 'a "dog", <large>'];

test('a chart is saved with a record for each round and a column for each line, empty where there is no value', () => {
  expect(chartCsv(accuracy!)).toBe('round,client 0,averaged model,this client,mean client\n1,0.5,0.75,0.25,0.5\n2,,,0.5,\n');
});

test('a chart is drawn with each line, its name and its latest value, in the colours given', () => {
  const svg = chartSvg(accuracy!, (token) => `colour(${token})`);
  expect(svg.match(/<polyline/g)).toHaveLength(4);
  expect(svg).toMatch(/<text [^>]*fill="colour\(--me\)"[^>]*>50\.0\s% this client<\/text>/);
  expect(svg).toMatch(/>50\.0\s% client 0</);
  expect(svg).not.toContain('NaN');
});

test('a chart of nothing yet is its axes', () => {
  const [empty] = chartsOf({ own: [], summaries: [], self, others: [], alone: null }, 20);
  expect(chartSvg(empty!, () => '#000')).not.toMatch(/polyline|NaN/);
});

test('a matrix is saved with its names and the fraction that is right of each class', () => {
  expect(confusionCsv(summary.confusion, names)).toBe(
    'is / taken for,cat,"a ""dog"", <large>",right\ncat,3,1,0.75\n"a ""dog"", <large>",0,0,\n',
  );
  const svg = matrixSvg('Matrix', summary.confusion, names, () => '#000');
  expect(svg).toContain('a &quot;dog&quot;, &lt;large&gt;');
  expect(svg).toMatch(/>75 %</);
});

test('who holds what is saved with a column for each client', () => {
  expect(holdingsCsv([{ client: 3, counts: [5, 1] }], ['a', 'b'])).toBe('class,client 3\na,5\nb,1\n');
});

test('scores are saved with a record for each round, and the run with its settings', () => {
  expect(scoresCsv(view).split('\n').slice(1)).toEqual(['1,0.75,0.5,0.5,1,0.25,1.5,1000', '2,,,,,0.5,1,1000', '']);
  expect(JSON.parse(runJson(view))).toMatchObject({ client: 1, settings: { seed: view.settings.seed }, summaries: [{ round: 0 }] });
});
