import { expect, it } from 'vitest';
import type { Task } from '../settings/task.ts';
import { nothingAccepted } from '../task/fit.ts';
import { acceptedKeeper } from './accepted.ts';

const task: Task = { kind: 'images', width: 2, height: 2, channels: 1, classNames: ['cats', 'dogs'] };
const accepted = { classes: new Map([['kats', 'cats']]), columns: new Map([['age', 'years']]) };

function store(first: string | null = null) {
  let text = first;
  return acceptedKeeper(() => ({ getItem: () => text, setItem: (_key, value) => void (text = value) }));
}

it('keeps what was accepted for a task, and gives it for no other', () => {
  const keeper = store();
  expect(keeper.kept(task)).toEqual(nothingAccepted);
  keeper.keep(task, accepted);
  expect(keeper.kept(structuredClone(task))).toEqual(accepted);
  expect(keeper.kept({ ...task, classNames: ['cats', 'mice'] })).toEqual(nothingAccepted);
});

it.each([
  '',
  '{',
  'null',
  '{"task":1,"classes":[],"columns":[]}',
  JSON.stringify({ task: JSON.stringify(task), classes: [1], columns: [] }),
])('gives nothing for what it has not written: %s', (text) => expect(store(text).kept(task)).toEqual(nothingAccepted));

it('gives nothing where the browser keeps nothing', () => {
  const keeper = acceptedKeeper(() => {
    throw new DOMException('Access is denied.', 'SecurityError');
  });
  keeper.keep(task, accepted);
  expect(keeper.kept(task)).toEqual(nothingAccepted);
});
