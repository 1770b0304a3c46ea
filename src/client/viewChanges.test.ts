import { expect, test } from 'vitest';
import { emptyView, type ClientView } from './view.ts';
import { postingChanges, type ViewChanges } from './viewChanges.ts';

test('only what is another object is posted, and the rest keeps its identity', () => {
  let there = emptyView;
  let posted: ViewChanges = {};
  const show = postingChanges((changes) => {
    posted = structuredClone(changes);
    there = { ...there, ...posted };
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
