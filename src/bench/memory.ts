/** What a tab takes of the machine's memory, as the operating system counts it. */

import { heldBytes } from '../runner/heldBytes.ts';
import type { TabsWatcher } from '../runner/tabFederation.ts';
import type { Tabs } from '../runner/tabs.ts';

/** Of one process, bytes. */
export interface HeldMemory {
  /** With the pages open, before any has joined the room. */
  readonly idle: number;
  /** In the lobby, with the backend and the samples of the run. */
  readonly lobby: number;
  /** At most, until the end of the run. */
  readonly most: number;
}

/** Of the tab that grew the most. */
export interface TabMemory {
  /** Its process. */
  readonly tab: HeldMemory;
  /** Its share of its browser's GPU process, which has all tabs' GPU buffers, and all of WebGPU where it is emulated. */
  readonly gpu: HeldMemory;
}

export function grownBy({ tab, gpu }: TabMemory): number {
  return tab.most - tab.idle + gpu.most - gpu.idle;
}

const SAMPLE_MS = 50;

class ProcessMemory implements HeldMemory {
  readonly idle: number;
  lobby: number;
  most: number;

  constructor(private readonly process: number) {
    this.idle = this.lobby = this.most = heldBytes(process) ?? 0;
  }

  look(): void {
    this.most = Math.max(this.most, heldBytes(this.process) ?? 0);
  }

  markLobby(): void {
    this.lobby = heldBytes(this.process) ?? 0;
  }
}

interface BrowserMemory {
  readonly tabs: number;
  /** Those of tabs; a browser has one or two more, which do not grow. */
  readonly renderers: readonly ProcessMemory[];
  readonly gpu: readonly ProcessMemory[];
}

function shareOf({ gpu, tabs }: BrowserMemory): HeldMemory {
  const share = (of: (memory: HeldMemory) => number) => gpu.reduce((sum, memory) => sum + of(memory), 0) / tabs;
  return { idle: share(({ idle }) => idle), lobby: share(({ lobby }) => lobby), most: share(({ most }) => most) };
}

/** Looks at the processes of a federation's browsers from before its tabs join until `end`. */
export class MemoryWatch implements TabsWatcher {
  #browsers: BrowserMemory[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;

  async opened(tabs: Tabs): Promise<void> {
    const track = (processes: readonly number[]) => processes.map((process) => new ProcessMemory(process));
    this.#browsers = (await tabs.processes()).map(({ pages, renderers, gpu }) => ({
      tabs: pages,
      renderers: track(renderers),
      gpu: track(gpu),
    }));
    this.#timer = setInterval(() => this.#each((process) => process.look()), SAMPLE_MS);
  }

  ready(): void {
    this.#each((process) => process.markLobby());
  }

  /** @returns null where memory cannot be measured, or nothing was opened. */
  end(): TabMemory | null {
    clearInterval(this.#timer);
    const tabs = this.#browsers.flatMap((browser) => {
      return browser.renderers.map(({ idle, lobby, most }) => ({ tab: { idle, lobby, most }, gpu: shareOf(browser) }));
    });
    const [largest] = tabs.toSorted((a, b) => grownBy(b) - grownBy(a));
    return largest && largest.tab.idle > 0 ? largest : null;
  }

  #each(act: (process: ProcessMemory) => void): void {
    for (const { renderers, gpu } of this.#browsers) [...renderers, ...gpu].forEach(act);
  }
}
