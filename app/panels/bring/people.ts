/** Who of a room has brought data of their own, and how much. */

import type { ClientView, Holding } from '../../../src/client/view.ts';
import type { Task } from '../../../src/settings/task.ts';
import { formatCount } from '../../format.ts';

/** What the rows of a task are called. */
export const rowNoun = ({ kind }: Pick<Task, 'kind'>) => (kind === 'images' ? 'image' : 'row');

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

/** Rows of a holding, those that are set aside among them. */
export const rowsOf = ({ train, heldOut }: Holding): number => sum(train) + sum(heldOut);

interface People {
  /** Here now, this client among them. */
  readonly present: number;
  /** Of these, how many have brought data. */
  readonly brought: number;
  readonly rows: number;
}

function peopleOf({ peers, share, scoredOn }: Pick<ClientView, 'peers' | 'share' | 'scoredOn'>): People {
  const here = peers.filter(({ channel, holding }) => holding !== null || channel !== 'lost');
  const holdings = here.flatMap(({ holding }) => holding ?? []);
  return {
    present: here.length + 1,
    brought: holdings.length + (share ? 1 : 0),
    rows: sum(holdings.map(rowsOf)) + (share ? share.samples + (scoredOn ?? 0) : 0),
  };
}

/** Who is here with what, in one sentence without its end. */
export function describePeople(view: Pick<ClientView, 'peers' | 'share' | 'scoredOn'>, task: Task): string {
  const { present, brought, rows } = peopleOf(view);
  const here = present === 1 ? 'You are alone here' : `${present} people are here, you among them`;
  if (brought === 0) return `${here}, and nobody has brought data yet`;
  return `${here}, and ${brought} ${brought === 1 ? 'has' : 'have'} brought ${formatCount(rows, rowNoun(task))}`;
}
