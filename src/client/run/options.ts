/** What a run is made with, and whom it speaks to. */
import type { Log } from '../../log/log.ts';
import type { Message } from '../../protocol/messages.ts';
import type { Settings } from '../../settings/settings.ts';
import type { PeerId, Presence } from '../../transport/transport.ts';
import type { Bookmark } from '../bookmark.ts';
import type { Clock } from '../clock.ts';
import type { Problem, ProblemSource } from '../problem.ts';
import type { Resumption } from '../snapshot.ts';
import type { RoundTrace } from '../trace.ts';

export interface RunOptions {
  readonly id: string;
  /** This client; its number names its random streams. */
  readonly self: Presence;
  readonly settings: Settings;
  readonly problem: Problem;
  /** Training samples of all founders together. */
  readonly samples: number;
  readonly source: Pick<ProblemSource, 'graph'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Bytes of neighbours' inputs that may be kept from round to round. */
  readonly inputBudget: number;
  /** Bytes that products of inputs may take between rounds; a tab's by default. */
  readonly productBudget: number | undefined;
  readonly trace: ((trace: RoundTrace) => void) | null;
  /** Has another backend compute, as the one that does has failed. */
  readonly fallBack: () => Promise<void>;
  /** Where the run goes on; null at its beginning. */
  readonly resumption: Resumption | null;
  /** Where this client was in this run before its tab had gone; null for who was not in it. */
  readonly bookmark: Bookmark | null;
}

/** The other participants, as a run sees them. */
export interface Others {
  /** The participants now in the room, this client included, by ascending number. */
  participants(): readonly Presence[];
  isOpen(peer: PeerId): boolean;
  /** Queues a message; who cannot get it is lost. */
  send(to: PeerId, message: Message): void;
}
