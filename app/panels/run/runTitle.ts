/** The state of the run in a few words. */

import type { ClientView } from '../../../src/client/view.ts';
import { learners } from './learners.ts';
import { currentRound, finishedRounds } from './progress.ts';

export function runTitle(view: ClientView): string {
  const { status, peers } = view;
  const { rounds } = view.settings;
  switch (status.kind) {
    case 'preparing':
      return 'Getting ready';
    case 'lobby':
      if (peers.length === 0) return 'Waiting for 1 more tab';
      if (view.settings.task && learners(view) < 2) return 'Waiting for data of others';
      return `${peers.length + 1} clients are here`;
    case 'running':
      return `Round ${currentRound(view)} of ${rounds}`;
    case 'paused':
      return `Paused in round ${currentRound(view)} of ${rounds}`;
    case 'finished':
      if (status.why === 'reached') return `All ${finishedRounds(view)} rounds are done`;
      if (status.why === 'missed') return `The others had done all ${rounds} rounds`;
      if (status.why === 'settled') return `Nothing more to learn after round ${finishedRounds(view)}`;
      return `Stopped after round ${finishedRounds(view)} of ${rounds}`;
    case 'failed':
      return 'This client has failed';
  }
}
