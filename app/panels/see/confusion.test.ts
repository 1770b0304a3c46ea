import { expect, test } from 'vitest';
import { accuracyOf, classRows, mixUps } from './confusion.ts';

/** Of 4 cats 3 are named cats; of 5 dogs 2; there is no fox. */
const confusion = [3, 0, 1, 2, 2, 1, 0, 0, 0];

test('each class has its samples and the fraction of them that is right', () => {
  expect(classRows(confusion, ['cat', 'dog'])).toEqual([
    { name: 'cat', samples: 4, right: 0.75, named: [3, 0, 1] },
    { name: 'dog', samples: 5, right: 0.4, named: [2, 2, 1] },
    { name: 'class 2', samples: 0, right: null, named: [0, 0, 0] },
  ]);
});

test('the accuracy is of all samples together', () => {
  expect(accuracyOf(confusion)).toBe(5 / 9);
});

test('mix-ups are the wrong answers alone, most often first', () => {
  expect(mixUps(confusion, ['cat', 'dog', 'fox'])).toEqual([
    { is: 'dog', named: 'cat', count: 2 },
    { is: 'cat', named: 'fox', count: 1 },
    { is: 'dog', named: 'fox', count: 1 },
  ]);
});

test('of nothing there is nothing', () => {
  expect([classRows([], []), mixUps([], []), accuracyOf([]), accuracyOf([0, 0, 0, 0])]).toEqual([[], [], null, null]);
});
