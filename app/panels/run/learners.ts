/** How many could learn together if somebody started now, and what to do about it. */

import type { ClientView } from '../../../src/client/view.ts';
import { formatList } from '../../format.ts';
import { peopleOf } from '../bring/people.ts';

type Lobby = Pick<ClientView, 'settings' | 'peers' | 'share' | 'scoredOn'>;

/** Of own data, those who have brought some. */
export const learners = (view: Lobby): number => (view.settings.task ? peopleOf(view).brought : view.peers.length + 1);

/** What to do before the start, in one sentence. */
export function startAdvice(view: Lobby): string {
  const { settings, peers } = view;
  if (peers.length === 0) return 'Open this link in another tab or on another device.';
  const choosing = peers.filter(({ holding, channel }) => holding === null && channel !== 'lost');
  if (!settings.task || choosing.length === 0) return 'Anyone can start, and more can join.';
  const who = `${choosing.length === 1 ? 'Client' : 'Clients'} ${formatList(choosing.map(({ number }) => number))}`;
  const still = `${who} ${choosing.length === 1 ? 'is' : 'are'} still choosing data.`;
  return learners(view) < 2 ? still : `${still} Anyone can start; who comes later joins in.`;
}
