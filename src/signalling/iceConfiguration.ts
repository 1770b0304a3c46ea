/** The ICE servers that a signalling server names to its members, from its environment. None by default. */

import { createHmac } from 'node:crypto';
import { IceServersError, parseIceServers, type IceConfiguration } from './iceServers.ts';

export interface IceSource {
  /** What one member is told. @param member its id. */
  configurationFor(member: string): IceConfiguration;
}

/** How long TURN credentials are valid, s. A member gets others before that, so that it is what a thief has at most. */
const VALID_SECONDS = 12 * 60 * 60;

/** When a member is told anew, ms. */
export const RENEW_MS = (VALID_SECONDS / 2) * 1000;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Credentials that expire, of a secret that the TURN server shares (draft-uberti-behave-turn-rest-00, section 2.2).
 * @param now s since 1970.
 */
export function turnCredentials(secret: string, member: string, now: number): { username: string; credential: string } {
  const username = `${Math.floor(now) + VALID_SECONDS}:${member}`;
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
}

/** The servers with this member's credentials for those that the secret is of. */
function serversOf(env: Environment, member: string) {
  const fixed = parseIceServers(env['ICE_SERVERS'] || '[]', 'ICE_SERVERS');
  const [secret, urls] = [env['TURN_SECRET'], env['TURN_URLS']];
  if (!secret && !urls) return fixed;
  if (!urls) throw new IceServersError('TURN_SECRET is of no use alone; name its server, as in TURN_URLS=turn:turn.example.org:3478.');
  if (!secret) {
    throw new IceServersError("TURN_URLS needs TURN_SECRET, the server's static-auth-secret; or give fixed credentials in ICE_SERVERS.");
  }
  const turn = { urls: urls.split(',').map((url) => url.trim()), ...turnCredentials(secret, member, Date.now() / 1000) };
  parseIceServers(JSON.stringify([turn]), 'TURN_URLS');
  return parseIceServers(JSON.stringify([...fixed, turn]), 'ICE_SERVERS with TURN_URLS');
}

function policyOf(env: Environment): IceConfiguration['iceTransportPolicy'] {
  const policy = env['ICE_POLICY'] || 'all';
  if (policy === 'all' || policy === 'relay') return policy;
  throw new IceServersError(`ICE_POLICY cannot be "${policy}"; use relay, by which tabs connect through TURN alone, or all.`);
}

/**
 * What the environment says of ICE servers: `ICE_SERVERS` (a JSON list), `TURN_URLS` with `TURN_SECRET`, and `ICE_POLICY`.
 * @returns null if it names none.
 * @throws {IceServersError} where that cannot be used.
 */
export function iceSource(env: Environment): IceSource | null {
  const iceTransportPolicy = policyOf(env);
  const servers = serversOf(env, 'check');
  if (iceTransportPolicy === 'relay' && !servers.some(({ username }) => username !== undefined)) {
    throw new IceServersError('ICE_POLICY=relay needs a TURN server; name one by TURN_URLS and TURN_SECRET, or in ICE_SERVERS.');
  }
  if (servers.length === 0) return null;
  return { configurationFor: (member) => ({ iceServers: serversOf(env, member), iceTransportPolicy }) };
}
