/** What the page's main thread and the client's worker say to each other. Both come from one build, so nothing is validated. */
import type { BackendWish } from '../backend/backend.ts';
import type { LogTopic } from '../log/log.ts';
import type { OwnRows } from '../task/ownRows.ts';
import type { RemoteCall, RemoteReply } from '../transport/remote.ts';
import type { Presence } from '../transport/transport.ts';
import type { Bookmark } from './bookmark.ts';
import type { BookmarkPlace } from './bookmarkStore.ts';
import type { CaseRun, ConformanceCase } from './conformance.ts';
import type { Examination } from './examination.ts';
import type { LearnedModel } from './learned.ts';
import type { RoundTrace } from './trace.ts';
import type { ClientCommand } from './view.ts';
import type { ViewChanges } from './viewChanges.ts';

export type ToWorker =
  | {
      readonly type: 'start';
      readonly self: Presence;
      readonly backend: BackendWish;
      /** Where the packed datasets lie. */
      readonly dataUrl: string;
      /** The first conformance case to run instead of datasets, their arrays traced. */
      readonly conformance: CaseRun | null;
      /** The topics of the log that go to the console. */
      readonly log: readonly LogTopic[];
      /** Under which bookmarks are kept. */
      readonly place: BookmarkPlace;
      /** Where this tab was in the room's run and goes on. */
      readonly bookmark: Bookmark | null;
    }
  | RemoteReply
  | { readonly type: 'command'; readonly command: ClientCommand }
  /** Data of the person's own, read for the room's task or for one to come. */
  | { readonly type: 'bring'; readonly rows: OwnRows }
  /** Another case for one that has had its first. */
  | { readonly type: 'case'; readonly given: ConformanceCase }
  /** A model that runs may go on from. */
  | { readonly type: 'adopt'; readonly digest: string; readonly weights: Float32Array }
  /** To be answered with the model that there is now. */
  | { readonly type: 'model' }
  /** To be answered with what the models that there are now make of the samples that are scored on. */
  | { readonly type: 'examine' }
  | { readonly type: 'close' };

export type FromWorker =
  | { readonly type: 'view'; readonly changes: ViewChanges }
  | RemoteCall
  | { readonly type: 'trace'; readonly trace: RoundTrace }
  | { readonly type: 'model'; readonly model: LearnedModel | null }
  | { readonly type: 'examined'; readonly examinations: readonly Examination[] }
  /** Everything is freed; the worker may be terminated. */
  | { readonly type: 'closed' };
