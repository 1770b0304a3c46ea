import { afterEach, expect, test, vi } from 'vitest';
import { emptyView, type ClientView, type OwnRound } from '../client/view.ts';
import { defaultSettings } from '../settings/settings.ts';
import { ProgressLine } from './progress.ts';

afterEach(() => void vi.useRealTimers());

test('what is left is told from the rounds seen, not from those that an interrupted run brought along', () => {
  vi.useFakeTimers();
  const lines: string[] = [];
  const progress = new ProgressLine({ isTTY: false, write: (line) => lines.push(line.trim()) });
  const round: OwnRound = {
    round: 0,
    score: { accuracy: 0.5, loss: 1 },
    phases: {},
    work: {},
    solver: null,
    bytesSent: 0,
    neighbours: [],
    missed: [],
  };
  const after = (rounds: number): ClientView => ({
    ...emptyView,
    settings: { ...defaultSettings(), rounds: 12 },
    own: Array<OwnRound>(rounds).fill(round),
  });

  progress.begin('first');
  progress.show(after(5));
  vi.advanceTimersByTime(10_000);
  progress.show(after(6));
  vi.advanceTimersByTime(20_000);
  progress.show(after(7));
  progress.begin('second');
  progress.show(after(1));
  expect(lines).toEqual([
    'first  round 5 of 12',
    'first  round 6 of 12  ETA 60 s',
    'first  round 7 of 12  ETA 75 s',
    'second  round 1 of 12',
  ]);
});
