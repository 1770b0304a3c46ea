/**
 * Five real tabs in a ring, a browser each, while something happens to the last of them, or to the server: what the others notice of it.
 * Their processes are stopped and killed by signals, which Linux and macOS have.
 */

import type { Page } from 'playwright';
import * as v from 'valibot';
import type {} from '../client/automation.ts';
import { servePage, type PageServer } from '../runner/pageServer.ts';
import { Tabs } from '../runner/tabs.ts';
import { defaultSettings, type Settings } from '../settings/settings.ts';
import { atLeast, atMost, noneUncaught, type Invariant } from './invariant.ts';

const TABS = 5;
/** The one in trouble; these are beside it in the ring, and these are not. */
const [TROUBLED, BESIDE, ELSEWHERE] = [4, [0, 3], [1, 2]] as const;
const OTHERS = [...BESIDE, ...ELSEWHERE].sort();

/** How often a tab looks whether a round has ended, ms. */
const LOOK_MS = 20;

/** So little to compute that what a round takes is said by waiting, also where all tabs share two cores. */
const settings: Settings = {
  ...defaultSettings(),
  samples: 20,
  hidden: [16],
  sketchSize: 16,
  testSamples: 100,
  topology: { kind: 'ring' },
  // More than there is time for.
  rounds: 5000,
};

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Has a tab note when its rounds end, ms since 1970. */
const watch = (page: Page) =>
  page.evaluate((every) => {
    const ends: number[] = [];
    Object.assign(globalThis, { ends });
    let known = Infinity;
    setInterval(() => {
      const rounds = sparkmesh.session?.getView()?.own.length ?? 0;
      if (rounds > known) ends.push(Date.now());
      known = rounds;
    }, every);
  }, LOOK_MS);

const endsOf = async (page: Page): Promise<number[]> =>
  v.parse(v.array(v.number()), await page.evaluate((): unknown => Reflect.get(globalThis, 'ends')));

class Federation {
  private constructor(
    readonly tabs: Tabs,
    private server: PageServer | null = null,
  ) {}

  static async start(): Promise<Federation> {
    const tabs = await Tabs.open({ browsers: TABS, headed: false });
    await tabs.fill(TABS, 'wasm', (page) => page.getByRole('button', { name: 'Try it with clothes' }).click());
    await tabs.configure(TABS, settings);
    for (const page of tabs.pages) await watch(page);
    await tabs.command(0, { type: 'start' });
    for (let k = 0; k < TABS; k++) await tabs.until(k, ({ own }) => own.length > 5);
    return new Federation(tabs);
  }

  get troubled(): Page {
    return this.tabs.pages[TROUBLED]!;
  }

  /** @returns what sends a signal to the processes that compute what the troubled tab does. */
  async signals(): Promise<(name: NodeJS.Signals) => void> {
    const { renderers = [] } = (await this.tabs.processes())[TROUBLED] ?? {};
    return (name) => renderers.forEach((id) => process.kill(id, name));
  }

  async signal(name: NodeJS.Signals): Promise<void> {
    (await this.signals())(name);
  }

  /** Rounds a second of these tabs between two moments. */
  async pace(clients: readonly number[], since: number, until: number): Promise<number> {
    const counts = await Promise.all(
      clients.map(async (k) => (await endsOf(this.tabs.pages[k]!)).filter((end) => end >= since && end < until).length),
    );
    return counts.reduce((sum, count) => sum + count, 0) / clients.length / ((until - since) / 1000);
  }

  /** The longest that any of these tabs ended no round between two moments, s. */
  async standstill(clients: readonly number[], since: number): Promise<number> {
    const until = Date.now();
    const gaps = await Promise.all(
      clients.map(async (k) => {
        const ends = (await endsOf(this.tabs.pages[k]!)).filter((end) => end >= since);
        return [...ends, until].map((end, i) => end - (i === 0 ? since : ends[i - 1]!));
      }),
    );
    return Math.max(...gaps.flat()) / 1000;
  }

  /** Another server at the same address. */
  async restartServer(): Promise<void> {
    const port = Number(new URL(this.tabs.server.url).port);
    await this.tabs.server.close();
    this.server = await servePage({ port, mode: 'preview' });
  }

  async close(): Promise<void> {
    await this.signal('SIGCONT').catch(() => undefined);
    await this.tabs.close();
    await this.server?.close();
  }
}

interface Trouble {
  readonly name: string;
  readonly happen: (federation: Federation, calm: number) => Promise<readonly Invariant[]>;
}

const slow: Trouble = {
  name: 'a neighbour at 5 % speed',
  async happen(federation, calm) {
    const signal = await federation.signals();
    const turns = setInterval(() => {
      signal('SIGCONT');
      setTimeout(() => signal('SIGSTOP'), 5);
    }, 100);
    // Until it is known to be slow.
    await sleep(20_000);
    const since = Date.now();
    await sleep(20_000);
    const until = Date.now();
    clearInterval(turns);
    await sleep(50);
    signal('SIGCONT');
    return [
      atLeast('pace of those not beside it', (100 * (await federation.pace(ELSEWHERE, since, until))) / calm, 90, '%'),
      atLeast('pace of those beside it', (100 * (await federation.pace(BESIDE, since, until))) / calm, 70, '%'),
    ];
  },
};

/** What happens in a moment. */
const sudden = (name: string, bound: number, happen: (federation: Federation) => Promise<void>): Trouble => ({
  name,
  async happen(federation) {
    const since = Date.now();
    await happen(federation);
    await sleep(8000);
    return [atMost('standstill of the others', await federation.standstill(OTHERS, since), bound, 's')];
  },
});

const troubles: readonly Trouble[] = [
  slow,
  sudden('a neighbour that freezes for twelve seconds', 3, async (federation) => {
    await federation.signal('SIGSTOP');
    await sleep(12_000);
    await federation.signal('SIGCONT');
  }),
  sudden('a server that is restarted', 1.5, (federation) => federation.restartServer()),
  sudden('a tab that is loaded again, and goes on', 1.5, async (federation) => {
    await federation.troubled.reload();
    await federation.troubled.getByRole('button', { name: 'Go on' }).click();
  }),
  sudden('a tab whose process is killed', 1.5, (federation) => federation.signal('SIGKILL')),
];

/** Puts the tabs through all of it, one after another. @param tell told of each with what must hold in it. */
export async function inRealTabs(stop: AbortSignal, tell: (name: string, invariants: readonly Invariant[]) => void): Promise<void> {
  const federation = await Federation.start();
  const { tabs } = federation;
  try {
    // Warm: forms that are measured, channels that find their speed.
    await sleep(5000);
    const since = Date.now();
    await sleep(15_000);
    const calm = await federation.pace(OTHERS, since, Date.now());
    const usual = `${calm.toFixed(1)} rounds a second, ${(await federation.standstill(OTHERS, since)).toFixed(1)} s between two at most`;
    for (const { name, happen } of troubles) {
      stop.throwIfAborted();
      const before = tabs.uncaught.length;
      const measured = await happen(federation, calm);
      tell(`real tabs, ${usual}: ${name}`, [...measured, noneUncaught(tabs.uncaught.slice(before))]);
      await sleep(5000);
    }
  } finally {
    await federation.close();
  }
}
