/** What scripts that drive a tab find in it, typed without the DOM, because they run elsewhere; the page itself does not use it. */

import type { BackendWish } from '../backend/backend.ts';
import type { LogTopic } from '../log/log.ts';
import type { OwnRows } from '../task/ownRows.ts';
import type { Bookmark } from './bookmark.ts';
import type { CaseRun, ConformanceCase } from './conformance.ts';
import type { LearnedModel } from './learned.ts';
import type { RoundTrace } from './trace.ts';
import type { ClientCommand, ClientView } from './view.ts';

/** Under this name a tab's session store has what the tab is called, over its reloads. */
export const TAB_NAME = 'sparkmesh-tab';

export interface JoinRequest {
  readonly room: string;
  /** Of a closed room; an open one has none. */
  readonly secret?: string | null;
  /** Without a meeting point: with the offer of the device that invites, or null on that one. */
  readonly pair?: { readonly offer: string | null } | null;
  readonly backend: BackendWish;
  /** Where this tab was in the room's run and goes on; it joins afresh if absent. */
  readonly bookmark?: Bookmark | null;
  /** What the console is told of; nothing if absent. */
  readonly log?: readonly LogTopic[];
  /** The first case of a room of conformance cases. */
  readonly conformance?: CaseRun;
}

interface DrivenSession {
  /** One trace a round, when a conformance case is run: of the latest. */
  readonly traces: readonly RoundTrace[];
  getView(): ClientView | null;
  /** This client's number, as soon as it is in the room; null before. */
  number(): number | null;
  command(command: ClientCommand): void;
  bring(rows: OwnRows): void;
  adopt(digest: string, weights: Float32Array): void;
  model(): Promise<LearnedModel | null>;
  addCase(given: ConformanceCase): void;
  leave(): void;
}

interface Automation {
  /** The newest session of this tab. */
  session: DrivenSession | null;
  join(request: JoinRequest): DrivenSession;
}

declare global {
  // A global of the page, `window.sparkmesh` there.
  var sparkmesh: Automation;
}
