/** What a tab holds, told by the browser and by tfjs: nothing in the app is there for it. */

import type { CDPSession, Page, Worker } from 'playwright';

/**
 * Timers, and a worker's listeners and GPU buffers, are counted from when the tab was first looked at; they may be fewer than
 * none. Everything else is all that there is.
 */
export interface Holdings {
  readonly page: {
    readonly listeners: number;
    readonly timers: number;
    readonly connections: number;
    readonly workers: number;
    readonly heapBytes: number;
    readonly bufferBytes: number;
  };
  /** Of page and worker. */
  readonly arrayBuffers: number;
  /** Null where there is no worker. */
  readonly worker: WorkerHoldings | null;
}

interface WorkerHoldings {
  readonly listeners: number;
  readonly timers: number;
  readonly tensors: number;
  readonly tensorBuffers: number;
  readonly tensorBytes: number;
  /** Neither destroyed nor back in tfjs's pool, which has what each size of kernel ever needed. */
  readonly gpuBuffers: number;
  readonly gpuBytes: number;
  /** Of WebAssembly, which never gives any back. */
  readonly wasmBytes: number;
  readonly heapBytes: number;
  readonly bufferBytes: number;
}

declare global {
  /** Where `keepBooks` counts. */
  var books: { timers: Set<unknown>; listeners: number; gpuBuffers: number; connection: WeakRef<RTCPeerConnection> | null };
  /** Where tfjs keeps its engine. */
  var _tfengine: {
    memory(): { numTensors: number; numDataBuffers: number; numBytes: number };
    readonly backend: {
      readonly wasm?: { readonly HEAPU8: Uint8Array };
      readonly device?: GPUDevice;
      readonly bufferManager?: { getNumFreeBuffers(): number };
      memory(): { numBytesInGPU?: number };
    };
  };
}

/** Runs in a page or a worker, whose functions it replaces by ones that count. */
function keepBooks(): void {
  type Callable = (...values: never[]) => unknown;
  const timers = new Set<unknown>();
  globalThis.books = { timers, listeners: 0, gpuBuffers: 0, connection: null };

  const starting = <T extends Callable>(start: T, isOnce: boolean): T =>
    new Proxy(start, {
      apply(_target, _self, [callback, ...rest]: [(...values: unknown[]) => void, ...unknown[]]): unknown {
        const run = (...values: unknown[]) => {
          if (isOnce) timers.delete(timer);
          callback(...values);
        };
        const timer: unknown = Reflect.apply(start, globalThis, [run, ...rest]);
        timers.add(timer);
        return timer;
      },
    });
  const noting = <T extends Callable>(call: T, note: (values: unknown[]) => void): T =>
    new Proxy(call, {
      apply(_target, self, values: Parameters<T>): unknown {
        note(values);
        return Reflect.apply(call, self, values);
      },
    });
  const stopping = <T extends Callable>(stop: T): T => noting(stop, ([timer]) => timers.delete(timer));
  globalThis.setTimeout = starting(setTimeout, true);
  globalThis.setInterval = starting(setInterval, false);
  globalThis.clearTimeout = stopping(clearTimeout);
  globalThis.clearInterval = stopping(clearInterval);

  const target = EventTarget.prototype;
  target.addEventListener = noting(target.addEventListener, () => books.listeners++);
  target.removeEventListener = noting(target.removeEventListener, () => books.listeners--);

  if ('GPUDevice' in globalThis) {
    const [device, buffer] = [GPUDevice.prototype, GPUBuffer.prototype];
    device.createBuffer = noting(device.createBuffer, () => books.gpuBuffers++);
    buffer.destroy = noting(buffer.destroy, () => books.gpuBuffers--);
  }
  if ('RTCPeerConnection' in globalThis) {
    globalThis.RTCPeerConnection = new Proxy(RTCPeerConnection, {
      construct(constructor, values): RTCPeerConnection {
        const connection: RTCPeerConnection = Reflect.construct(constructor, values);
        books.connection = new WeakRef(connection);
        return connection;
      },
    });
  }
}

/** The developer tools of a page's worker, which Playwright gives no access to: their messages go through the page's. */
class WorkerTools {
  readonly #waiting = new Map<number, (result: unknown) => void>();
  #calls = 0;

  private constructor(
    private readonly page: CDPSession,
    private readonly sessionId: string,
  ) {
    page.on('Target.receivedMessageFromTarget', ({ message }) => {
      const { id, result }: { id?: number; result?: unknown } = JSON.parse(message);
      if (id !== undefined) this.#waiting.get(id)?.(result);
    });
  }

  static async attach(page: CDPSession): Promise<WorkerTools> {
    const attached = new Promise<string>((resolve) => page.once('Target.attachedToTarget', ({ sessionId }) => resolve(sessionId)));
    await page.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
    return new WorkerTools(page, await attached);
  }

  call(method: string): Promise<unknown> {
    const id = ++this.#calls;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, resolve);
      const message = JSON.stringify({ id, method });
      this.page.send('Target.sendMessageToTarget', { sessionId: this.sessionId, message }).catch(reject);
    });
  }
}

/** An answer to `Runtime.getHeapUsage`. */
function heapUsage(usage: unknown): { heapBytes: number; bufferBytes: number } {
  if (typeof usage === 'object' && usage !== null && 'usedSize' in usage && 'backingStorageSize' in usage) {
    return { heapBytes: Number(usage.usedSize), bufferBytes: Number(usage.backingStorageSize) };
  }
  throw new Error('This Chromium does not tell how large its heap is.');
}

export class TabInspector {
  #worker: { readonly handle: Worker; readonly tools: WorkerTools } | null = null;

  private constructor(
    private readonly page: Page,
    private readonly tools: CDPSession,
  ) {}

  /** To be called before the tab joins a room. */
  static async open(page: Page): Promise<TabInspector> {
    await page.evaluate(keepBooks);
    const tools = await page.context().newCDPSession(page);
    await tools.send('Performance.enable');
    return new TabInspector(page, tools);
  }

  /** To be called when the tab has joined, before it runs. */
  async attachWorker(): Promise<void> {
    const [handle] = this.page.workers();
    if (!handle) throw new Error('This tab has no worker.');
    await handle.evaluate(keepBooks);
    this.#worker = { handle, tools: await WorkerTools.attach(this.tools) };
  }

  /** Closes the tab's newest connection, as an accident would. */
  breakConnection(): Promise<void> {
    return this.page.evaluate(() => books.connection?.deref()?.close());
  }

  /** After a collection of garbage. */
  async holdings(): Promise<Holdings> {
    const worker = this.page.workers().length > 0 ? await this.#workerHoldings() : null;
    await this.tools.send('HeapProfiler.collectGarbage');
    const { metrics } = await this.tools.send('Performance.getMetrics');
    const metric = (name: string): number => {
      const found = metrics.find((one) => one.name === name);
      if (!found) throw new Error(`This Chromium does not count ${name}.`);
      return found.value;
    };
    return {
      page: {
        listeners: metric('JSEventListeners'),
        timers: await this.page.evaluate(() => books.timers.size),
        connections: metric('RTCPeerConnections'),
        workers: metric('WorkerGlobalScopes'),
        ...heapUsage(await this.tools.send('Runtime.getHeapUsage')),
      },
      arrayBuffers: metric('ArrayBufferContents'),
      worker,
    };
  }

  async #workerHoldings(): Promise<WorkerHoldings> {
    if (!this.#worker) throw new Error('Attach the worker before it runs.');
    const { handle, tools } = this.#worker;
    await tools.call('HeapProfiler.collectGarbage');
    const counted = await handle.evaluate(() => {
      const { numTensors, numDataBuffers, numBytes } = _tfengine.memory();
      const { backend } = _tfengine;
      return {
        listeners: books.listeners,
        timers: books.timers.size,
        tensors: numTensors,
        tensorBuffers: numDataBuffers,
        tensorBytes: numBytes,
        gpuBuffers: books.gpuBuffers - (backend.bufferManager?.getNumFreeBuffers() ?? 0),
        gpuBytes: backend.memory().numBytesInGPU ?? 0,
        wasmBytes: backend.wasm?.HEAPU8.length ?? 0,
      };
    });
    return { ...counted, ...heapUsage(await tools.call('Runtime.getHeapUsage')) };
  }
}
