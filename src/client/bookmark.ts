/**
 * A client's place in a run: what it takes to go on in it after its tab has gone, as a participant that has joined later, under
 * another id, but with the model, velocity and history that it had. What it shared with neighbours is made anew with them.
 */
import * as v from 'valibot';
import type { Iterate } from '../round/iterate.ts';
import { goingOn } from './snapshot.ts';
import type { Past } from './run/history.ts';

export interface Bookmark extends Iterate, Past {
  /** The run's id. */
  readonly run: string;
  /** The round to begin next, and how many there are. */
  readonly round: number;
  readonly rounds: number;
}

/** A bookmark from the browser's store. */
export const bookmarkSchema: v.GenericSchema<unknown, Bookmark> = v.pipe(
  v.strictObject({ ...goingOn, run: v.pipe(v.string(), v.minLength(1), v.maxLength(64)), rounds: v.pipe(v.number(), v.safeInteger()) }),
  v.check(({ round, rounds }) => round < rounds, 'a round that is still to come'),
  v.check(({ own, summaries, rounds }) => own.length <= rounds && summaries.length <= rounds, 'no more rounds than the run has'),
);

/** Keeps the latest bookmark of one client. Neither call waits for anything or throws. */
export interface BookmarkKeeper {
  /** Keeps it in place of the one before; may pass it over, as the next will come soon. */
  keep(bookmark: Bookmark): void;
  /** Forgets what is kept: there is nothing to go on with. */
  forget(): void;
}
