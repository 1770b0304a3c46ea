import { expect, test } from 'vitest';
import { decodeFrame } from '../protocol/frame.ts';
import type { Message } from '../protocol/messages.ts';
import { Mailbox } from './mailbox.ts';

const greeting: Message = { type: 'farewell', why: 'No reason.' };
const mean = (): Message => ({ type: 'mean', run: 'r', mean: Float32Array.of(1) });
const score = { accuracy: 1, loss: 0 };
const summary = (round: number): Message => ({
  type: 'summary',
  run: 'r',
  summary: { round, averaged: score, confusion: [], mean: score, clients: [], bytesSent: 0, seconds: 0 },
});
const rounds = Array.from({ length: 100 }, (_, round) => round);

/** A mailbox whose peer takes nothing before it is told to. */
function mailboxOf() {
  const sent: string[] = [];
  const untaken: (() => void)[] = [];
  const mailbox = new Mailbox(
    {
      admit: () => undefined,
      send: (_to, frame) => {
        sent.push(String(Reflect.get(decodeFrame(frame).fields, 'type')));
        return new Promise<void>((taken) => untaken.push(taken));
      },
    },
    { isHere: () => true, lost: () => expect.unreachable('nobody leaves'), failed: (error) => expect.unreachable(String(error)) },
  );
  const count = (type: string) => sent.filter((other) => other === type).length;
  return { mailbox, untaken, count };
}

test('who takes nothing is sent so many of each purpose and no more, and what many rounds came to keeps no round up', async () => {
  const { mailbox, untaken, count } = mailboxOf();
  mailbox.opened('p', greeting);
  for (const round of rounds) mailbox.send('p', summary(round));
  for (const _ of rounds) mailbox.send('p', mean());
  for (const _ of rounds) mailbox.send('p', greeting);
  expect([count('summary'), count('mean'), count('farewell')]).toEqual([64, 64, 101]);
  for (const taken of untaken.splice(0)) taken();
  await Promise.resolve();
  mailbox.send('p', summary(100));
  mailbox.send('p', mean());
  expect([count('summary'), count('mean')]).toEqual([65, 65]);
});

test('all that waited for a channel goes over it when it opens', () => {
  const { mailbox, count } = mailboxOf();
  for (const round of rounds) mailbox.send('p', summary(round));
  expect(count('summary')).toBe(0);
  mailbox.opened('p', greeting);
  expect(count('summary')).toBe(64);
});
