/** What this tab's address says: the room, the backend that it forces, and what it wants to know of the inside. */

import type { BackendWish } from '../src/backend/backend.ts';
import { logTopics, parseLogTopics, type LogTopic } from '../src/log/log.ts';

export const backendWishes = ['auto', 'webgpu', 'wasm', 'cpu'] as const satisfies readonly BackendWish[];

export interface Address {
  readonly room: string;
  readonly backend: BackendWish;
  /** What the console is told of. */
  readonly log: readonly LogTopic[];
  /** What was wrong with the topics of the log, in one sentence; null where nothing was. */
  readonly logProblem: string | null;
  /** The link that brings others here: this address but for what concerns this tab alone. */
  readonly invitation: string;
}

const roomName = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * Reads `?room=` (default `main`), `?backend=` (default `auto`) and `?log=` (default nothing).
 * @returns null when the address names a room that cannot be.
 */
export function readAddress(href: string): Address | null {
  const url = new URL(href);
  const room = url.searchParams.get('room') ?? 'main';
  if (!roomName.test(room)) return null;
  const backend = backendWishes.find((wish) => wish === url.searchParams.get('backend')) ?? 'auto';
  const wanted = url.searchParams.get('log') ?? '';
  const topics = wanted === '' ? new Set<LogTopic>() : parseLogTopics(wanted);
  url.hash = '';
  url.searchParams.delete('backend');
  url.searchParams.delete('log');
  url.searchParams.set('room', room);
  return {
    room,
    backend,
    log: [...(topics ?? [])],
    logProblem: topics
      ? null
      : `There is no log "${wanted}" as ?log= in the address asks for; use all, or some of ${logTopics.join(', ')}.`,
    invitation: url.href,
  };
}

/** The same address with another backend. */
export function withBackend(href: string, backend: BackendWish): string {
  const url = new URL(href);
  if (backend === 'auto') url.searchParams.delete('backend');
  else url.searchParams.set('backend', backend);
  return url.href;
}
