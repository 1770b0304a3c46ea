/** How many could learn together if somebody started now, and what to do about it. */

import type { ClientView } from '../../../src/client/view.ts';
import { formatList } from '../../format.ts';

type Lobby = Pick<ClientView, 'settings' | 'peers' | 'share' | 'scoredOn'>;

/** Others who are ready; of own data, who has brought some. */
const readyOthers = ({ settings: { task }, peers }: Lobby): number =>
  peers.filter(({ readiness, holding }) => readiness.kind === 'ready' && (!task || holding !== null)).length;

/** This client and those who are ready. */
export const learners = (view: Lobby): number => readyOthers(view) + (view.settings.task && !view.share ? 0 : 1);

/** Who is not ready when a run starts joins it later. */
function whoCanStart(ready: number, others: number): string {
  if (ready === others) return 'Anyone can start, and more can join.';
  if (ready === 0) return 'The others are getting ready.';
  return `${ready} of ${others} others are ready; anyone can start, and more can join.`;
}

/** What to do before the start, in one sentence. */
export function startAdvice(view: Lobby): string {
  const { settings, peers } = view;
  if (peers.length === 0) return 'Open this link in another tab or on another device.';
  const choosing = peers.filter(({ holding, channel }) => holding === null && channel !== 'lost');
  if (!settings.task || choosing.length === 0) return whoCanStart(readyOthers(view), peers.length);
  const who = `${choosing.length === 1 ? 'Client' : 'Clients'} ${formatList(choosing.map(({ number }) => number))}`;
  const still = `${who} ${choosing.length === 1 ? 'is' : 'are'} still choosing data.`;
  return learners(view) < 2 ? still : `${still} Anyone can start; who comes later joins in.`;
}
