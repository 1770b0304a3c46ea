/** Conformance cases, run in this process or across tabs. */

import type { Page } from 'playwright';
import type { BackendWish } from '../backend/backend.ts';
import { caseSource, resultOf, settingsOf, type CaseRun, type ConformanceCase, type ConformanceResult } from '../client/conformance.ts';
import type { RoundTrace } from '../client/trace.ts';
import { hasReached } from './conductor.ts';
import { runInProcess } from './inProcess.ts';
import { Tabs } from './tabs.ts';

/** In this process, over the in-process transport; client k of the case is client k. */
export async function runCaseInProcess(run: CaseRun, backend: BackendWish): Promise<ConformanceResult> {
  const { given } = run;
  const traces: RoundTrace[][] = given.clients.map(() => []);
  await runInProcess({
    settings: settingsOf(run),
    clients: given.clients.length,
    backend,
    source: caseSource([given]),
    isDone: hasReached,
    onTrace: (client, trace) => traces[client]?.push(trace),
  });
  return resultOf(given, traces);
}

/** A room of tabs that is done with a case. */
interface CaseRoom {
  readonly backend: BackendWish;
  readonly clients: number;
  /** How many cases it was given. */
  cases: number;
}

/** Real tabs that run one case after another over WebRTC; client k of a case is tab k. */
export class CaseTabs {
  #rooms = 0;
  #room: CaseRoom | null = null;

  private constructor(private readonly tabs: Tabs) {}

  static async open(): Promise<CaseTabs> {
    // A browser compiles the shaders of all its tabs one after another.
    return new CaseTabs(await Tabs.open({ browsers: 2, headed: false }));
  }

  /** Goes on in the room of the case before, with what is compiled there, if it has as many clients on the same backend. */
  async run(run: CaseRun, backend: BackendWish): Promise<ConformanceResult> {
    const { tabs } = this;
    const { given } = run;
    const clients = given.clients.length;
    const isSameRoom = this.#room?.backend === backend && this.#room.clients === clients;
    const room = isSameRoom && this.#room ? await this.#goOn(this.#room, given) : await this.#enter(run, backend);
    await tabs.configure(clients, settingsOf(run, room.cases - 1));
    await tabs.run(clients, hasReached);
    return resultOf(given, await Promise.all(given.clients.map((_, k) => tabs.traces(k))));
  }

  close(): Promise<void> {
    return this.tabs.close();
  }

  async #goOn(room: CaseRoom, given: ConformanceCase): Promise<CaseRoom> {
    room.cases++;
    await this.#everyone(room, (page) => page.evaluate((added) => sparkmesh.session?.addCase(added), given));
    return room;
  }

  async #enter(run: CaseRun, backend: BackendWish): Promise<CaseRoom> {
    if (this.#room) await this.#everyone(this.#room, (page) => page.evaluate(() => sparkmesh.session?.leave()));
    const room = `${this.tabs.room}-${this.#rooms++}`;
    this.#room = { backend, clients: run.given.clients.length, cases: 1 };
    await this.tabs.fill(this.#room.clients, backend, (page) =>
      page.evaluate((request) => void sparkmesh.join(request), { room, backend, conformance: run }),
    );
    return this.#room;
  }

  async #everyone({ clients }: CaseRoom, act: (page: Page) => Promise<unknown>): Promise<void> {
    await Promise.all(this.tabs.pages.slice(0, clients).map(act));
  }
}
