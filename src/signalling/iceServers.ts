/** The STUN and TURN servers of a configuration, validated. */

import * as v from 'valibot';

/** The configuration of ICE servers cannot be used. The message is one sentence: what is wrong, where, and what to do. */
export class IceServersError extends Error {
  override readonly name = 'IceServersError';
}

/** Browsers ask every server at every connection, and slow down beyond a handful. */
const MAX_SERVERS = 8;

/** RFC 7064 (stun, stuns) and RFC 7065 (turn, turns): a name or an address, perhaps a port, for TURN perhaps a transport. */
const urlSchema = v.pipe(
  v.string(),
  v.maxLength(256, 'an address has at most 256 characters'),
  v.regex(
    /^(?:stuns?:(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?|turns?:(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?(?:\?transport=(?:udp|tcp))?)$/i,
    'an address is stun:HOST, stuns:HOST, turn:HOST or turns:HOST, a port after a colon, and of TURN perhaps ?transport=tcp',
  ),
);

const SECRET = 'it is text of 1 to 512 characters';
const secretSchema = v.pipe(v.string(SECRET), v.minLength(1, SECRET), v.maxLength(512, SECRET));

const isTurn = (url: string) => /^turns?:/i.test(url);

const serverSchema = v.pipe(
  v.strictObject(
    {
      urls: v.union(
        [
          urlSchema,
          v.pipe(v.array(urlSchema), v.minLength(1, 'a server has an address'), v.maxLength(8, 'a server has at most 8 addresses')),
        ],
        'it is an address such as "stun:stun.example.org", or a list of them',
      ),
      username: v.exactOptional(secretSchema),
      credential: v.exactOptional(secretSchema),
    },
    'a server is an object with "urls", and of TURN "username" and "credential"',
  ),
  v.check(
    ({ urls, username, credential }) => ![urls].flat().some(isTurn) || (username !== undefined && credential !== undefined),
    'a TURN server needs "username" and "credential"',
  ),
);

const iceServersSchema = v.pipe(
  v.array(serverSchema, 'the servers are a list, as in [{"urls":"stun:stun.example.org"}]'),
  v.maxLength(MAX_SERVERS, `at most ${MAX_SERVERS} servers are useful`),
);

type IceServers = v.InferOutput<typeof iceServersSchema>;

/** How connections find their way, as WebRTC's `RTCConfiguration` has it. */
export const iceConfigurationEntries = {
  iceServers: iceServersSchema,
  /** `relay` connects through TURN alone, so that peers do not learn each other's addresses. */
  iceTransportPolicy: v.picklist(['all', 'relay']),
};

export interface IceConfiguration {
  readonly iceServers: IceServers;
  readonly iceTransportPolicy: 'all' | 'relay';
}

/**
 * The servers that a configuration names as JSON.
 * @param source what holds the text, for the error, e.g. the environment variable's name.
 * @throws {IceServersError}
 * @example parseIceServers('[{"urls":"stun:stun.example.org"}]', 'VITE_ICE_SERVERS')
 */
export function parseIceServers(text: string, source: string): IceServers {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new IceServersError(`${source} is no JSON; give a list of servers, as in [{"urls":"stun:stun.example.org"}].`);
  }
  const result = v.safeParse(iceServersSchema, json);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const at = v.getDotPath(issue);
  throw new IceServersError(`${source} cannot be used${at === null ? '' : ` at ${at}`}: ${issue.message}.`);
}
