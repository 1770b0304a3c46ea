import { expect, it } from 'vitest';
import { lineLog, parseLogTopics } from './log.ts';

it('writes a line for each event of the topics asked for, and no other', () => {
  const lines: string[] = [];
  let now = 5000;
  const log = lineLog(
    new Set(['round']),
    (line) => lines.push(line),
    () => now,
  );
  now = 6234;
  log('round', 'waits', { phase: 'mix', round: 3, for: ['a', 'b'] });
  log('transport', 'opened', { peer: 'a' });
  expect(lines).toEqual(['1.234 s  round  waits  phase=mix  round=3  for=a,b']);
});

it('reads a list of topics, all of them at once, and refuses what is none', () => {
  expect(parseLogTopics('round,client')).toEqual(new Set(['round', 'client']));
  expect(parseLogTopics('all')?.size).toBe(4);
  expect(parseLogTopics('rounds')).toBeNull();
});
