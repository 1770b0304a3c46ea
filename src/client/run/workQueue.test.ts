import { expect, test } from 'vitest';
import { wallClock } from '../clock.ts';
import { WorkQueue } from './workQueue.ts';

const queueOf = () => new WorkQueue(wallClock, (error) => expect.unreachable(String(error)));

test('what no round waits for lets what comes meanwhile go first, each time', async () => {
  const queue = queueOf();
  const done: string[] = [];
  const note = (name: string, then?: () => void) => async () => {
    done.push(name);
    then?.();
  };
  for (const k of [1, 2, 3])
    queue.addAside(
      'score',
      note(`aside ${k}`, () => queue.add('evolve', note(`round ${k}`))),
    );
  await queue.settled();
  expect(done).toEqual(['aside 1', 'round 1', 'aside 2', 'round 2', 'aside 3', 'round 3']);
});

test('what has not begun when the queue is closed is dropped, aside or not', async () => {
  const queue = queueOf();
  const done: string[] = [];
  queue.add('evolve', async () => void done.push('begun'));
  await Promise.resolve();
  queue.add('evolve', async () => void done.push('late'));
  queue.addAside('score', async () => void done.push('aside'));
  await queue.close();
  expect(done).toEqual(['begun']);
});
