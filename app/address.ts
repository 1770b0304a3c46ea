import type { BackendWish } from '../src/backend/backend.ts';

/** What this tab's address says: the room, and the backend that it forces. */

export const backendWishes = ['auto', 'webgpu', 'wasm', 'cpu'] as const satisfies readonly BackendWish[];

export interface Address {
  /** The room's name, or null when the address names one that cannot be. */
  readonly room: string | null;
  readonly backend: BackendWish;
  /** The link that brings others here: this address but for what concerns this tab alone. */
  readonly invitation: string;
}

const roomName = /^[A-Za-z0-9._-]{1,64}$/;

/** Reads `?room=` (default `main`) and `?backend=` (default `auto`). */
export function readAddress(href: string): Address {
  const url = new URL(href);
  const named = url.searchParams.get('room') ?? 'main';
  const room = roomName.test(named) ? named : null;
  const backend = backendWishes.find((wish) => wish === url.searchParams.get('backend')) ?? 'auto';
  url.hash = '';
  url.searchParams.delete('backend');
  url.searchParams.set('room', room ?? 'main');
  return { room, backend, invitation: url.href };
}

/** The same address with another backend. */
export function withBackend(href: string, backend: BackendWish): string {
  const url = new URL(href);
  if (backend === 'auto') url.searchParams.delete('backend');
  else url.searchParams.set('backend', backend);
  return url.href;
}
