/** The tabs of a federation: opened, driven and closed. */

import type { Browser, Page } from 'playwright';
import type { BackendWish } from '../backend/backend.ts';
import { TAB_NAME } from '../client/automation.ts';
import type { LearnedModel } from '../client/learned.ts';
import type { RoundTrace } from '../client/trace.ts';
import type { ClientCommand, ClientView } from '../client/view.ts';
import type { LogTopic } from '../log/log.ts';
import type { Settings } from '../settings/settings.ts';
import type { OwnRows } from '../task/ownRows.ts';
import { findsAddress } from '../transport/reachable.ts';
import { launchBrowser } from './browser.ts';
import { isReady } from './conductor.ts';
import { servePage, type PageServer } from './pageServer.ts';

/** How often a tab's view is looked at, ms. */
const POLL_MS = 250;
/** Entering takes less. */
const ENTERING_POLL_MS = 50;
const pause = () => new Promise((resolve) => setTimeout(resolve, POLL_MS));
/** Nothing happens for so long only when something is stuck, ms. */
const STALL_MS = 300_000;

/** How often a tab that crashes during a run is opened again. */
const MAX_REOPENED = 3;
/** How long a tab that was opened again may look for what it was in, ms. */
const LOOK_BACK_MS = 5000;

/** A tab that cannot go on; the message says which and why. */
export class TabError extends Error {
  override readonly name = 'TabError';
}

/** Came back when no round was left. */
const hasMissed = ({ status }: ClientView) => status.kind === 'finished' && status.why === 'missed';

const isInLobby = ({ status }: ClientView) => status.kind === 'lobby';

const hasFailed = ({ status }: ClientView) => status.kind === 'failed';

/** Whether everyone else has failed. */
const isDeserted = ({ peers }: ClientView) => peers.length > 0 && peers.every(({ readiness }) => readiness.kind === 'failed');

/** A sentence for each tab whose client has failed. @param views by number. */
export function failuresOf(views: readonly ClientView[]): string[] {
  return views.flatMap(({ status }, k) => (status.kind === 'failed' ? [`Tab ${k} failed: ${status.message}`] : []));
}

/** Long enough to ask the system for its addresses, ms. */
const GATHERING_MS = 10_000;

/**
 * Makes sure that WebRTC finds an address of this machine; without one, no tab reaches another.
 * @throws {TabError} when it finds none.
 */
export async function checkReachable(page: Page): Promise<void> {
  const isReachable = await page.evaluate(findsAddress, GATHERING_MS);
  if (isReachable) return;
  throw new TabError(
    'WebRTC finds no network address in this browser, so its tabs cannot reach each other; give this machine a network interface, ' +
      'or name another Chromium with SPARKMESH_CHROMIUM=/path/to/chrome.',
  );
}

export interface TabsOptions {
  readonly browsers: number;
  readonly headed: boolean;
  /** What the tabs tell stderr of; nothing by default. */
  readonly log?: readonly LogTopic[];
}

/** The ids of a browser's processes. */
export interface BrowserProcesses {
  readonly pages: number;
  /** One a page, and a few others. */
  readonly renderers: readonly number[];
  readonly gpu: readonly number[];
}

/** Real tabs of real browsers on this machine's own page server. */
export class Tabs {
  readonly pages: Page[] = [];
  readonly room = `federation-${crypto.randomUUID().slice(0, 8)}`;
  /** What each tab showed at the last look. */
  readonly #looks = new Map<number, ClientView>();
  /** What was thrown in a tab or its worker and nobody caught, in sentences. */
  readonly uncaught: string[] = [];
  #failure: TabError | null = null;
  /** How tabs enter the room; null before any has. */
  #enter: { readonly backend: BackendWish; readonly join: (page: Page) => Promise<unknown> } | null = null;
  /** What each tab was given, to be given again. */
  readonly #given = new Map<number, ((page: Page) => Promise<void>)[]>();
  /** Whether a run is under way, in which a tab that crashes can go on. */
  #isRunning = false;
  /** How often each tab has crashed. */
  readonly #crashes = new Map<number, number>();
  /** Tabs that have crashed, until they are in the room again. */
  readonly #reopening = new Set<number>();

  private constructor(
    readonly server: PageServer,
    private readonly browsers: readonly Browser[],
    private readonly options: TabsOptions,
  ) {}

  static async open(options: TabsOptions): Promise<Tabs> {
    const server = await servePage({ port: 0, mode: 'preview' });
    const launched = await Promise.allSettled(Array.from({ length: options.browsers }, () => launchBrowser(options)));
    const browsers = launched.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const failed = launched.find((result) => result.status === 'rejected');
    const tabs = new Tabs(server, browsers, options);
    if (failed) {
      await tabs.close();
      throw failed.reason;
    }
    return tabs;
  }

  /** A sentence for each tab that has crashed and was opened again. */
  get crashes(): string[] {
    return [...this.#crashes].map(([k, times]) => `Tab ${k} crashed ${times === 1 ? 'once' : `${times} times`} and was opened again.`);
  }

  get browserVersion(): string {
    return this.browsers[0]?.version() ?? '';
  }

  /**
   * Opens tabs until there are `count`, then has one after another join a room, so that tab k becomes client k.
   * @param on.opened called when no tab has joined yet.
   * @param on.first called when the first has: what it sets now nobody has to prepare for anew.
   */
  async fill(
    count: number,
    backend: BackendWish,
    join: (page: Page) => Promise<unknown>,
    on: { readonly opened?: () => Promise<void>; readonly first?: () => Promise<void> } = {},
  ): Promise<void> {
    this.#enter = { backend, join };
    while (this.pages.length < count) await this.#open(this.pages.length, backend);
    await on.opened?.();
    const clients = this.pages.slice(0, count);
    for (const [k, page] of clients.entries()) {
      // One behind others is painted once a second, and a button is pressed when it has not moved between two paintings.
      await page.bringToFront();
      await join(page);
      await this.#entered(k);
      if (k === 0) await on.first?.();
      // Who chooses a backend by its time does so while nobody else computes.
      if (backend === 'auto') await this.until(k, isInLobby);
    }
    for (const k of clients.keys()) await this.until(k, (view) => isInLobby(view) && view.self.number === k);
  }

  /** Waits until tab k is in the room, so that the next one has the next number; it has still to load and prepare what it computes with. */
  async #entered(k: number): Promise<void> {
    const entering = this.#page(k).waitForFunction(
      () => {
        const { session } = sparkmesh;
        // One that cannot enter has a view that says why.
        return session !== null && (session.number() !== null || session.getView() !== null);
      },
      undefined,
      { polling: ENTERING_POLL_MS, timeout: STALL_MS },
    );
    await entering.catch((error: unknown) => {
      throw this.#failure ?? new TabError(`Tab ${k} did not get into its room: ${error instanceof Error ? error.message : String(error)}`);
    });
  }

  /** One more tab, on the browsers in turn, that joins the room. */
  async openTab(backend: BackendWish, join: (page: Page) => Promise<unknown>): Promise<Page> {
    const page = await this.#open(this.pages.length, backend);
    await join(page);
    return page;
  }

  /** Of each browser. */
  processes(): Promise<BrowserProcesses[]> {
    return Promise.all(
      this.browsers.map(async (browser) => {
        const session = await browser.newBrowserCDPSession();
        const { processInfo } = await session.send('SystemInfo.getProcessInfo');
        await session.detach();
        const ids = (wanted: string) => processInfo.flatMap(({ type, id }) => (type === wanted ? [id] : []));
        const pages = browser.contexts().reduce((sum, context) => sum + context.pages().length, 0);
        return { pages, renderers: ids('renderer'), gpu: ids('GPU') };
      }),
    );
  }

  /** Opens tab k, in place of the one that was k if there was one. */
  async #open(k: number, backend: BackendWish): Promise<Page> {
    const browser = this.browsers[k % this.browsers.length]!;
    // Nobody watches a headless tab, and drawing what moves would take a quarter of the processor from what is computed.
    const context = browser.contexts()[0] ?? (await browser.newContext({ reducedMotion: this.options.headed ? null : 'reduce' }));
    const page = await context.newPage();
    const isFirst = this.pages[k] === undefined;
    this.pages[k] = page;
    page.on('crash', () => this.#crashed(k));
    // So that what it was in is found again when another takes its place; a page before the first has no such store.
    const naming = `sessionStorage.setItem(${JSON.stringify(TAB_NAME)}, ${JSON.stringify(`${this.room}-${k}`)})`;
    await page.addInitScript({ content: `try { ${naming} } catch {}` });
    // Of its worker, too.
    page.on('pageerror', ({ message }) => {
      this.uncaught.push(`Tab ${k}: ${message}`);
      this.#fail(k, message);
    });
    const { log = [] } = this.options;
    if (log.length > 0) page.on('console', (line) => line.type() === 'info' && process.stderr.write(`client ${k}  ${line.text()}\n`));
    await page.goto(`${this.server.url}?room=${this.room}&backend=${backend}${log.length > 0 ? `&log=${log.join()}` : ''}`);
    if (isFirst && k < this.browsers.length) await checkReachable(page);
    return page;
  }

  #crashed(k: number): void {
    const times = (this.#crashes.get(k) ?? 0) + 1;
    if (!this.#isRunning || times > MAX_REOPENED) {
      return this.#fail(k, 'its process crashed, most likely out of memory; use fewer tabs');
    }
    this.#crashes.set(k, times);
    this.#reopen(k).catch((error: unknown) => this.#fail(k, error instanceof Error ? error.message : String(error)));
  }

  /** Opens a tab again and has it go on where it was, or join anew where nothing of that was kept. */
  async #reopen(k: number): Promise<void> {
    if (!this.#enter) return;
    this.#reopening.add(k);
    const { backend, join } = this.#enter;
    const crashed = this.#page(k);
    const page = await this.#open(k, backend);
    await crashed.close();
    const goOn = page.getByRole('button', { name: 'Go on' });
    const isKept = await goOn.waitFor({ timeout: LOOK_BACK_MS }).then(
      () => true,
      () => false,
    );
    await (isKept ? goOn.click() : join(page));
    for (const give of this.#given.get(k) ?? []) await give(page);
    this.#looks.delete(k);
    this.#reopening.delete(k);
  }

  /** Gives tab k something, now and whenever it has to be opened again. */
  #give(k: number, give: (page: Page) => Promise<void>): Promise<void> {
    this.#given.set(k, [...(this.#given.get(k) ?? []), give]);
    return give(this.#page(k));
  }

  command(k: number, command: ClientCommand): Promise<void> {
    return this.#page(k).evaluate((order) => sparkmesh.session?.command(order), command);
  }

  /** Gives tab k data of its own, and no other. */
  bring(k: number, rows: OwnRows): Promise<void> {
    return this.#give(k, (page) => page.evaluate((brought) => sparkmesh.session?.bring(brought), rows));
  }

  /** Sets what the room of the first `clients` tabs learns next, and waits until all of them are ready for it. */
  async configure(clients: number, settings: Settings): Promise<void> {
    await this.command(0, { type: 'configure', settings });
    const wanted = JSON.stringify(settings);
    // Tab 0, which starts, last: by then it has heard that all are ready.
    for (let k = clients - 1; k >= 0; k--) {
      await this.until(k, (view) => isReady(view, clients) && JSON.stringify(view.settings) === wanted);
    }
  }

  /**
   * Starts what the room of the first `clients` tabs was set to. The others go on without a tab whose client fails; one that crashes
   * is opened again, and goes on where it was.
   * @param isOver of a client's view, when it has done its part.
   * @param onView told of a client's view as it changes.
   * @returns the clients' last views, by number, those of failed ones among them.
   * @throws {TabError} when so many fail that nobody has anyone to learn with.
   */
  async run(clients: number, isOver: (view: ClientView) => boolean, onView?: (view: ClientView) => void): Promise<ClientView[]> {
    // Until it begins, a view may still be that of the run before.
    const before = (await this.view(0))?.run;
    this.#isRunning = true;
    const views: ClientView[] = [];
    const isOut = (view: ClientView) => hasFailed(view) || hasMissed(view) || isDeserted(view);
    try {
      await this.command(0, { type: 'start' });
      for (let k = 0; k < clients; k++) {
        views.push(await this.until(k, (view) => isOut(view) || (view.run !== before && isOver(view)), onView));
      }
    } finally {
      this.#isRunning = false;
    }
    const failures = failuresOf(views);
    if (failures.length > 0 && clients - failures.length < 2) throw new TabError(failures.join(' '));
    return views;
  }

  /** What tab k traced of a conformance case. */
  async traces(k: number): Promise<RoundTrace[]> {
    const traces = await this.#page(k).evaluate(() =>
      (sparkmesh.session?.traces ?? []).map(({ round, weights, evolution }) => ({
        round,
        weights: [...weights],
        evolution: evolution && {
          delta: [...evolution.delta],
          evolvedLogits: [...evolution.evolvedLogits],
          kernel: evolution.kernel && [...evolution.kernel],
        },
      })),
    );
    return traces.map(({ round, weights, evolution }) => ({
      round,
      weights: Float32Array.from(weights),
      evolution: evolution && {
        delta: Float32Array.from(evolution.delta),
        evolvedLogits: Float32Array.from(evolution.evolvedLogits),
        kernel: evolution.kernel && Float32Array.from(evolution.kernel),
      },
    }));
  }

  /** Has a model ready in the first `clients` tabs that a run may go on from. */
  async adopt(clients: number, digest: string, weights: Float32Array): Promise<void> {
    const adopted = { digest, weights };
    for (let k = 0; k < clients; k++) {
      await this.#give(k, (page) => page.evaluate((given) => sparkmesh.session?.adopt(given.digest, given.weights), adopted));
    }
  }

  /** What tab k has learned: with the evaluator's tab, which has the lowest number, the average of all. */
  model(k: number): Promise<LearnedModel | null> {
    return this.#page(k).evaluate(() => sparkmesh.session?.model() ?? null);
  }

  /** What tab k shows, without its images. */
  view(k: number): Promise<ClientView | null> {
    return this.#page(k).evaluate(() => {
      const view = sparkmesh.session?.getView();
      return view ? { ...view, share: view.share && { ...view.share, previews: [] } } : null;
    });
  }

  /**
   * Waits until tab k's view fulfils the condition, however long it takes as long as something changes.
   * @throws {TabError} when any tab fails, or nothing changes for minutes.
   */
  async until(
    k: number,
    condition: (view: ClientView) => boolean,
    onView: (view: ClientView) => void = () => undefined,
  ): Promise<ClientView> {
    let last = '';
    let changedAt = performance.now();
    for (;;) {
      if (this.#failure) throw this.#failure;
      const view = this.#reopening.has(k) ? null : await this.#look(k);
      if (view) onView(view);
      if (view && condition(view)) return view;
      if (view?.status.kind === 'failed') throw new TabError(`Tab ${k} failed: ${view.status.message}`);
      const now = JSON.stringify(view && { ...view, own: view.own.length, summaries: view.summaries.length });
      if (now !== last) changedAt = performance.now();
      last = now;
      if (performance.now() - changedAt > STALL_MS)
        throw new TabError(`Tab ${k} has not changed for ${STALL_MS / 60_000} minutes; it is stuck.`);
      await pause();
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.browsers.map((browser) => browser.close()));
    await this.server.close();
  }

  /** What tab k shows, of which only the rounds that are new since the last look have to come from there. */
  async #look(k: number): Promise<ClientView | null> {
    const known = this.#looks.get(k);
    const wanted = { run: known?.run ?? null, own: known?.own.length ?? 0, summaries: known?.summaries.length ?? 0 };
    const page = this.#page(k);
    const looking = page.evaluate(({ run, own, summaries }) => {
      const view = sparkmesh.session?.getView();
      if (!view) return null;
      const isKnown = view.run === run && view.own.length >= own && view.summaries.length >= summaries;
      const rounds = { own: view.own.slice(isKnown ? own : 0), summaries: view.summaries.slice(isKnown ? summaries : 0) };
      return { isKnown, view: { ...view, ...rounds, share: view.share && { ...view.share, previews: [] } } };
    }, wanted);
    const seen = await looking.catch(async (error: unknown) => {
      // A tab that crashes answers no more, a moment before we hear of that, and is opened again.
      await pause();
      if (this.#reopening.has(k) || this.#page(k) !== page) return null;
      throw error;
    });
    if (!seen) return null;
    const { own, summaries } = seen.view;
    const before = seen.isKnown && known ? known : { own: [], summaries: [] };
    const view = { ...seen.view, own: [...before.own, ...own], summaries: [...before.summaries, ...summaries] };
    // A summary that came after a later round's stands before it.
    const isInOrder = view.summaries.every(({ round }, i) => i === 0 || round > view.summaries[i - 1]!.round);
    if (isInOrder) this.#looks.set(k, view);
    else this.#looks.delete(k);
    return isInOrder ? view : this.#look(k);
  }

  #page(k: number): Page {
    const page = this.pages[k];
    if (!page) throw new RangeError(`There is no tab ${k}.`);
    return page;
  }

  #fail(k: number, reason: string): void {
    this.#failure ??= new TabError(`Tab ${k} failed: ${reason}.`);
  }
}
