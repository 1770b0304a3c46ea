/** What leaves a person's browser, recorded in it. */

import type { BrowserContext } from 'playwright';

/**
 * Records, from now on, what the pages of this context send: over data channels without the headers of their chunks, to signalling both
 * before it is sealed and as it goes out, and as requests.
 * @returns what has been sent so far, each channel's in one piece.
 */
export async function recordSent(context: BrowserContext): Promise<() => Promise<Buffer[]>> {
  const requests: string[] = [];
  context.on('request', (request) => requests.push(request.url(), request.postData() ?? ''));
  await context.addInitScript((headerBytes) => {
    const sent = new Map<object, Uint8Array<ArrayBuffer>[]>();
    const record = (owner: object, method: string, argument: number, header: number) => {
      const original: unknown = Reflect.get(owner, method);
      if (typeof original !== 'function') throw new TypeError(`There is no ${method} to record.`);
      const apply = (target: typeof original, self: object, args: unknown[]): unknown => {
        const data = args[argument];
        const bytes =
          typeof data === 'string'
            ? new TextEncoder().encode(data)
            : ArrayBuffer.isView(data)
              ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice(header)
              : null;
        if (!bytes) throw new TypeError(`${method} is given what nobody records.`);
        const before = sent.get(self);
        if (before) before.push(bytes);
        else sent.set(self, [bytes]);
        return Reflect.apply(target, self, args);
      };
      Reflect.set(owner, method, new Proxy(original, { apply }));
    };
    record(RTCDataChannel.prototype, 'send', 0, headerBytes);
    record(WebSocket.prototype, 'send', 0, 0);
    record(SubtleCrypto.prototype, 'encrypt', 2, 0);
    const whole = () => Promise.all([...sent.values()].map((parts) => new Blob(parts).bytes()));
    Object.assign(globalThis, { sentFromHere: whole });
  }, HEADER_BYTES);
  return async () => {
    const pages = await Promise.all(context.pages().map((page) => page.evaluate(() => globalThis.sentFromHere())));
    return [...pages.flat().map((bytes) => Buffer.from(bytes)), Buffer.from(requests.join('\n'))];
  };
}

/** Of a chunk of a frame, `src/transport/chunks.ts`; an acknowledgement is shorter and is left with nothing. */
const HEADER_BYTES = 12;

declare global {
  // Of the page.
  var sentFromHere: () => Promise<Uint8Array<ArrayBuffer>[]>;
}
