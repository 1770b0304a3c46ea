/** A federation of real tabs, from opening them to what each has learnt. */

import type { Page } from 'playwright';
import type { BackendWish } from '../backend/backend.ts';
import type { LearnedModel } from '../client/learned.ts';
import type { ClientView } from '../client/view.ts';
import type { LogTopic } from '../log/log.ts';
import type { Settings } from '../settings/settings.ts';
import type { OwnRows } from '../task/ownRows.ts';
import { isDone } from './conductor.ts';
import { ProgressLine } from './progress.ts';
import { failuresOf, Tabs } from './tabs.ts';

export interface TabFederation {
  readonly settings: Settings;
  /** Clients 0 .. `clients - 1` take part, a tab each. */
  readonly clients: number;
  /** The data of each one's own, by number, where the settings have a task. */
  readonly own?: readonly OwnRows[];
  readonly backend: BackendWish;
  /** The weights of models that the run may go on from, by their digests. */
  readonly models?: ReadonlyMap<string, Float32Array>;
  /** Browser processes that the tabs are spread over. */
  readonly browsers: number;
  /** Whether the browsers have windows. */
  readonly headed: boolean;
  /** What the clients tell stderr of; nothing if empty. */
  readonly log: readonly LogTopic[];
}

export interface FederationResult {
  /** The last views of the tabs that were there to the end, by number. */
  readonly views: readonly ClientView[];
  /** A sentence for each tab that crashed and was opened again. */
  readonly crashes: readonly string[];
  /** A sentence for each tab that failed on the way. */
  readonly failures: readonly string[];
  /** The average of all tabs' models. */
  readonly model: LearnedModel | null;
  readonly browserVersion: string;
}

/** Who wants to look at the tabs on the way. */
export interface TabsWatcher {
  /** Before anyone joins. */
  opened(tabs: Tabs): Promise<void>;
  /** In the lobby, with samples and backend as the run needs them. */
  ready(): void;
}

/** Takes a federation of real tabs from its start to its end, with its progress on stderr. */
export async function runTabFederation(
  { settings, clients, own = [], backend, models = new Map(), browsers, headed, log }: TabFederation,
  stop: AbortSignal,
  watcher?: TabsWatcher,
): Promise<FederationResult> {
  const progress = new ProgressLine();
  progress.note('preparing the page');
  const tabs = await Tabs.open({ browsers, headed, log });
  stop.addEventListener('abort', () => void tabs.close());
  try {
    progress.note(`opening ${clients} tabs`);
    const join = (page: Page) => {
      progress.note(`tab ${tabs.pages.indexOf(page) + 1} of ${clients} enters the room`);
      return page.getByRole('button', { name: 'Try it with clothes' }).click();
    };
    await tabs.fill(clients, backend, join, {
      opened: () => watcher?.opened(tabs) ?? Promise.resolve(),
      // Who has to be given something first gets ready for it later.
      ...(own.length + models.size === 0 ? { first: () => tabs.command(0, { type: 'configure', settings }) } : {}),
    });
    progress.note('getting everyone ready');
    for (const [digest, weights] of models) await tabs.adopt(clients, digest, weights);
    for (const [k, rows] of own.entries()) await tabs.bring(k, rows);
    await tabs.configure(clients, settings);
    watcher?.ready();
    const all = await tabs.run(clients, isDone, (view) => progress.show(view));
    const isLeft = ({ status }: ClientView) => status.kind !== 'failed';
    const model = await tabs.model(all.findIndex(isLeft));
    progress.end();
    return { views: all.filter(isLeft), crashes: tabs.crashes, failures: failuresOf(all), model, browserVersion: tabs.browserVersion };
  } finally {
    await tabs.close();
  }
}
