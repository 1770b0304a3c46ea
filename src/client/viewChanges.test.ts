import { expect, test } from 'vitest';
import { emptyView, type ClientView, type OwnRound } from './view.ts';
import { changedView, postingChanges, type ViewChanges } from './viewChanges.ts';

test('only what is another object is posted, and the rest keeps its identity', () => {
  let there = emptyView;
  let posted: ViewChanges = {};
  const show = postingChanges((changes) => {
    posted = structuredClone(changes);
    there = changedView(there, posted);
  });
  const first: ClientView = { ...emptyView, self: { id: 'a', number: 3 }, own: [], round: 1 };
  show(first);
  expect(there).toEqual(first);
  const before = there;

  const second: ClientView = { ...first, round: 2, notice: 'Client 1 has left.' };
  show(second);
  expect(posted).toEqual({ round: 2, notice: 'Client 1 has left.' });
  expect(there).toEqual(second);
  expect(there.settings).toBe(before.settings);
  expect(there.own).toBe(before.own);

  show({ ...second, notice: null });
  expect(posted).toEqual({ notice: null });
});

test('of a list that has grown only what is new is posted, and of one that is another all of it', () => {
  let there: ClientView | null = null;
  const posted: ViewChanges[] = [];
  const show = postingChanges((changes) => {
    const received = structuredClone(changes);
    posted.push(received);
    there = changedView(there, received);
  });
  const round = (number: number): OwnRound => ({
    round: number,
    score: { accuracy: 0.5, loss: 1 },
    phases: {},
    work: {},
    solver: null,
    bytesSent: 0,
    neighbours: [],
    missed: [],
  });
  const rounds = [0, 1, 2, 3].map(round);
  for (const own of [rounds.slice(0, 2), rounds, [round(7)]]) {
    const view = { ...emptyView, own };
    show(view);
    expect(there).toEqual(view);
  }
  expect(posted[1]).toEqual({ grown: { own: rounds.slice(2) } });
  expect(posted[2]).toEqual({ own: [round(7)] });
});
