/**
 * A client's place in a run: what it takes to go on in it after its tab has gone, as a participant that has joined later, under
 * another id, but with its number, model, velocity and history, and with the room's register, in case nobody else has it any more.
 * What it shared with neighbours is made anew with them.
 */
import * as v from 'valibot';
import { activeRun, registerSchema, type RoomRegister } from '../protocol/register.ts';
import type { Iterate } from '../round/iterate.ts';
import { goingOn } from './snapshot.ts';
import type { Past } from './run/history.ts';

export interface Bookmark extends Iterate, Past {
  /** This client's in the room, by which it has its part of the samples. */
  readonly number: number;
  /** Its run is under way. */
  readonly register: RoomRegister;
  /** The round to begin next. */
  readonly round: number;
}

/** A bookmark from the browser's store. */
export const bookmarkSchema: v.GenericSchema<unknown, Bookmark> = v.pipe(
  v.strictObject({ ...goingOn, number: v.pipe(v.number(), v.safeInteger(), v.minValue(0)), register: registerSchema }),
  v.check(({ register }) => activeRun(register) !== null, 'a run that is under way'),
  v.check(({ round, register }) => round < register.settings.rounds, 'a round that is still to come'),
  v.check(
    ({ own, summaries, register }) => Math.max(own.length, summaries.length) <= register.settings.rounds,
    'no more rounds than the run has',
  ),
);

/** Keeps the latest bookmark of one client. Neither call waits for anything or throws. */
export interface BookmarkKeeper {
  /** Keeps it in place of the one before; may pass it over, as the next will come soon. */
  keep(bookmark: Bookmark): void;
  /** Forgets what is kept: there is nothing to go on with. */
  forget(): void;
}
