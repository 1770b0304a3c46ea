/** What this tab's address says: the room, the backend that it forces, and what it wants to know of the inside. */

import type { BackendWish } from '../src/backend/backend.ts';
import { logTopics, parseLogTopics, type LogTopic } from '../src/log/log.ts';
import { isSecret, makeSecret } from '../src/signalling/seal.ts';

export const backendWishes = ['auto', 'webgpu', 'wasm', 'cpu'] as const satisfies readonly BackendWish[];

export interface Address {
  readonly room: string;
  /** Of a closed room; null for an open one. */
  readonly secret: string | null;
  /** Where the room's door is asked at: the fingerprint of who keeps it; null elsewhere. */
  readonly door: string | null;
  readonly backend: BackendWish;
  /** What the console is told of. */
  readonly log: readonly LogTopic[];
  /** What was wrong with the topics of the log, in one sentence; null where nothing was. */
  readonly logProblem: string | null;
  /** Whether browsers give the page all they have: it came by https, or from this very machine. */
  readonly secure: boolean;
  /** Whether the room's link says that it learns from everyone's own data. */
  readonly own: boolean;
  /** Where two devices are brought together by codes that people carry: with the offer of the one that invites, or null on that one. */
  readonly pair: { readonly offer: string | null } | null;
  /** As the browser shows it. */
  readonly href: string;
  /** The link that brings others here: this address but for what concerns this tab alone. */
  readonly invitation: string;
}

const roomName = /^[A-Za-z0-9._-]{1,64}$/;

/** The fragment of an address without a meeting point, and what goes before an offer in it. */
const PAIR = '#pair';

/** What such a room is called. */
const PAIR_ROOM = 'of two';

/** The parameters by which a link names a room, and how it lets people in. */
const kinds = ['closed', 'door', 'room'] as const;

/** The parameter by which a room's link says that it learns from own data. */
const OWN = 'own';

/** Whether an address is of the loopback, and so opens on this machine alone. */
export const opensHereOnly = (href: string): boolean => /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(new URL(href).hostname);

/** What keeps an address from being one of a room: no such name, what a closed room's link has after # missing, or no https for a closed room. */
export type BadAddress = 'room' | 'secret' | 'plain';

/**
 * Reads `?room=` (default `main`), `?backend=` (default `auto`) and `?log=` (default nothing). A closed room is `?closed=` instead,
 * with its secret as the fragment, which browsers send to no server, and `?door=` asks to be let into one, with the fingerprint of who
 * keeps the door as the fragment. `#pair` is two devices without a meeting point, `#pair.OFFER` the second.
 */
export function readAddress(href: string): Address | BadAddress {
  const url = new URL(href);
  const pair = pairOf(url);
  const kind = pair ? 'room' : (kinds.find((named) => url.searchParams.has(named)) ?? 'room');
  const room = url.searchParams.get(kind) ?? 'main';
  if (!roomName.test(room)) return 'room';
  const fragment = url.hash.slice(1);
  const secure = url.protocol === 'https:' || opensHereOnly(href);
  if (kind !== 'room') {
    if (!isSecret(fragment)) return 'secret';
    if (!secure) return 'plain';
  }
  const backend = backendWishes.find((wish) => wish === url.searchParams.get('backend')) ?? 'auto';
  const wanted = url.searchParams.get('log') ?? '';
  const topics = wanted === '' ? new Set<LogTopic>() : parseLogTopics(wanted);
  return {
    room: pair ? PAIR_ROOM : room,
    secret: kind === 'closed' ? fragment : null,
    door: kind === 'door' ? fragment : null,
    backend,
    log: [...(topics ?? [])],
    logProblem: topics
      ? null
      : `There is no log "${wanted}" as ?log= in the address asks for; use all, or some of ${logTopics.join(', ')}.`,
    secure,
    own: url.searchParams.has(OWN),
    pair,
    href,
    invitation: linkTo(url, kind, room, fragment),
  };
}

function pairOf({ hash }: URL): Address['pair'] {
  if (hash === PAIR) return { offer: null };
  return hash.startsWith(`${PAIR}.`) ? { offer: hash.slice(PAIR.length + 1) } : null;
}

/** The link by which this device connects another without a meeting point. */
export function pairLink(href: string): string {
  const url = new URL(href);
  for (const name of [...kinds, OWN]) url.searchParams.delete(name);
  url.hash = PAIR;
  return url.href;
}

/** The link that the other device opens. @param own whether they learn from data of their own. */
export function pairInvitation({ href }: Address, offer: string, own: boolean): string {
  const url = new URL(pairLink(href));
  for (const name of ['backend', 'log']) url.searchParams.delete(name);
  if (own) url.searchParams.set(OWN, '');
  url.hash = `${PAIR}.${offer}`;
  return url.href;
}

/** An address without what concerns one tab alone. @param fragment of a closed room or a door. */
function linkTo(address: URL, kind: (typeof kinds)[number], room: string, fragment: string): string {
  const link = new URL(address);
  for (const name of ['backend', 'log', ...kinds]) if (name !== kind) link.searchParams.delete(name);
  link.searchParams.set(kind, room);
  link.hash = kind === 'room' ? '' : fragment;
  return link.href;
}

/** The link of a new closed room that is called as the open one of this address. */
export const closedRoomLink = ({ invitation, room }: Address): string => linkTo(new URL(invitation), 'closed', room, makeSecret());

/** The link of a door of this closed room. @param fingerprint of its key. */
export const doorLink = ({ invitation, room }: Address, fingerprint: string): string =>
  linkTo(new URL(invitation), 'door', room, fingerprint);

/** This address, of a door, when it has been opened. @param secret of the room behind it. */
export function behindDoor({ href, room }: Address, secret: string): string {
  const url = new URL(href);
  url.searchParams.delete('door');
  url.searchParams.set('closed', room);
  url.hash = secret;
  return url.href;
}

/** The link of a new room that learns from own data, of this tab alone: a closed one, where that can be entered. */
function ownRoomLink({ href, secure, pair }: Pick<Address, 'href' | 'secure' | 'pair'>): string {
  const url = new URL(href);
  if (pair) {
    url.searchParams.set(OWN, '');
    return url.href;
  }
  const secret = makeSecret();
  const [kind, other] = secure ? ['closed', 'room'] : ['room', 'closed'];
  url.searchParams.delete(other);
  url.searchParams.set(kind, secure ? 'own-data' : `own-${secret.slice(0, 8)}`);
  url.searchParams.set(OWN, '');
  url.hash = secure ? secret : '';
  return url.href;
}

/** What the address of a new room says. */
export function ownRoom(address: Address): Address {
  const found = readAddress(ownRoomLink(address));
  if (typeof found === 'string') throw new Error(`A link that the page has made itself is none (${found}).`);
  return found;
}

/** The same address with another backend. */
export function withBackend(href: string, backend: BackendWish): string {
  const url = new URL(href);
  if (backend === 'auto') url.searchParams.delete('backend');
  else url.searchParams.set('backend', backend);
  return url.href;
}
