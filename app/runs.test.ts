import { expect, test } from 'vitest';
import { emptyView, type ClientView, type RoundSummary } from '../src/client/view.ts';
import { keptRuns, settingsShown, withLost, type KeptRun } from './runs.ts';

const score = { accuracy: 0.5, loss: 1 };
const summary = (round: number): RoundSummary => ({
  round,
  averaged: score,
  confusion: [],
  mean: score,
  clients: [{ id: 'me', number: 0, ...score }],
  bytesSent: 1,
  seconds: 1,
});
const ended = (run: string, rounds = 1): ClientView => ({
  ...emptyView,
  run,
  status: { kind: 'finished', why: 'reached' },
  summaries: Array.from({ length: rounds }, (_, round) => summary(round)),
});

test('a run is kept when it has ended, with what it was started with and all that was scored', () => {
  expect(keptRuns([], { ...ended('a'), status: { kind: 'running' } })).toEqual([]);
  const [first, ...none] = keptRuns([], ended('a'));
  expect([first, none]).toMatchObject([{ id: 'a', clients: 1, number: 1 }, []]);
  const changed = { ...ended('a', 2), settings: { ...emptyView.settings, seed: 99 } };
  expect(keptRuns([first!], changed)).toEqual([{ ...first, summaries: changed.summaries }]);
});

test('the list stays the same where nothing is new, and has the newest few', () => {
  const view = ended('a');
  const runs = keptRuns([], view);
  expect(keptRuns(runs, view)).toBe(runs);
  expect(keptRuns(runs, { ...ended('b'), summaries: [] })).toBe(runs);
  let many: readonly KeptRun[] = [];
  for (const id of 'abcdefgh') many = keptRuns(many, ended(id));
  expect(many.map(({ id, number }) => `${id}${number}`).join(' ')).toBe('c3 d4 e5 f6 g7 h8');
});

test('the settings of a run that has ended stay those that it was started with', () => {
  const view = ended('a');
  const runs = keptRuns([], view);
  const changed = { ...view, settings: { ...view.settings, dataset: 'mnist' } };
  expect(settingsShown(runs, changed)).toBe(view.settings);
  expect(settingsShown(runs, { ...changed, run: 'b' })).toBe(changed.settings);
});

test('what a client had learned stays in sight when it fails in a run, and not when it fails after one', () => {
  const failed: ClientView = { ...emptyView, status: { kind: 'failed', message: 'The weights are not finite any more.' } };
  const running: ClientView = { ...ended('a', 3), round: 3, status: { kind: 'running' } };
  const { run, round, summaries } = running;
  const kept = withLost(failed, running);
  expect(kept).toEqual({ ...failed, run, round, summaries });
  expect(withLost({ ...failed, notice: 'Client 2 has failed.' }, kept)).toMatchObject({ run, summaries, notice: 'Client 2 has failed.' });
  expect(withLost({ ...failed, status: { kind: 'preparing', step: '' } }, kept)).toMatchObject({ run: null, summaries: [] });
  // Who chose data that are not here has to choose others.
  expect(withLost(failed, ended('a', 3))).toBe(failed);
});
