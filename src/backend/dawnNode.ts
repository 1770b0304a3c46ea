/** WebGPU for Node, by Dawn: the npm package `webgpu`, which is large and therefore not among this project's own. */

import * as v from 'valibot';

/** What of it is used; the rest is as in browsers. */
const dawnSchema = v.looseObject({
  create: v.custom<(options: string[]) => GPU>((value) => typeof value === 'function'),
  globals: v.record(v.string(), v.unknown()),
});

/**
 * Gives this process `navigator.gpu`, as browsers have it.
 * @returns false where Dawn is not installed.
 */
export async function installDawn(): Promise<boolean> {
  if (typeof navigator !== 'undefined' && 'gpu' in navigator) return true;
  const name = 'webgpu';
  const dawn: unknown = await import(name).catch(() => null);
  if (dawn === null) return false;
  const { create, globals } = v.parse(dawnSchema, dawn);
  // tfjs looks for these to tell whether it is in a browser or a worker.
  Object.assign(globalThis, globals, { WorkerGlobalScope: class {} });
  const gpu = create([]);
  if (typeof navigator === 'undefined') {
    Object.defineProperty(globalThis, 'navigator', { value: { gpu, userAgent: 'node' }, configurable: true });
  } else Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
  return true;
}
