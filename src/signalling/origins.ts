/** Who asks a signalling server: from which page, and from which address. */

import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

const isLoopback = (host: string) => host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || host.startsWith('127.');

const isAddress = (host: string) => isLoopback(host) || isIP(host.replace(/^\[(.*)\]$/, '$1')) !== 0;

function hostOf(url: string): string | null {
  try {
    return new URL(url).hostname;
  } catch {
    return null;
  }
}

/**
 * Whether a page may use this server. Pages of the names given may; so may one that came from the very address that is asked here.
 * Another name than those may not even if it is the server's own at the moment: whoever owns a name can have it lead anywhere
 * (DNS rebinding). Programs that are no browser name no origin, and could name any.
 * @param origin the header of that name.
 * @param host the header of that name.
 */
export function isWelcome(origin: string | undefined, host: string | undefined, names: readonly string[]): boolean {
  if (origin === undefined) return true;
  const [from, asked] = [hostOf(origin), hostOf(`http://${host}`)];
  if (from === null) return false;
  if (names.includes(from)) return true;
  return asked !== null && isAddress(from) && (from === asked || (isLoopback(from) && isLoopback(asked)));
}

/** The part of an address that one household or office has: all of an IPv4 address, 64 bits of an IPv6 one. */
function networkOf(address: string): string {
  const v4 = address.replace(/^::ffff:/i, '');
  if (!v4.includes(':')) return v4;
  const [head = ''] = v4.split('::');
  const groups = head.split(':');
  return [0, 1, 2, 3].map((k) => groups[k] || '0').join(':');
}

/** The part of a request that says where it comes from. */
interface Arrival {
  readonly socket: { readonly remoteAddress?: string | undefined };
  readonly headers: IncomingHttpHeaders;
}

/** Where a request comes from: what a proxy on this machine says (the last entry of X-Forwarded-For), else the socket's end. */
export function askerOf({ socket, headers }: Arrival): string {
  const end = networkOf(socket.remoteAddress ?? '');
  const forwarded = String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .at(-1)
    ?.trim();
  const isLocal = end.startsWith('127.') || end === '0:0:0:0';
  return isLocal && forwarded !== undefined && isIP(forwarded) !== 0 ? networkOf(forwarded) : end;
}
