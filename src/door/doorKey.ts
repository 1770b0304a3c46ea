/**
 * The key by which whoever keeps a closed room's door is known there: ECDSA on P-256. The door's link has its fingerprint, so nobody
 * else can stand at the door in the keeper's place.
 */

import { fromBase64Url, toBase64Url } from '../signalling/base64Url.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** Of a fingerprint: half of a SHA-256, as many as a room's secret has. */
const FINGERPRINT_BYTES = 16;

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** Who greets whom at which door. */
export interface Meeting {
  readonly room: string;
  readonly keeper: string;
  readonly visitor: string;
}

/** What a greeting signs: an array, so that no two meetings have one text. */
const textOf = ({ room, keeper, visitor }: Meeting) => bytesOf(JSON.stringify(['sparkmesh door 1', room, keeper, visitor]));

/** The keeper's words to a visitor, base64url. */
export interface Greeting {
  /** The public key, uncompressed. */
  readonly key: string;
  readonly signature: string;
}

async function fingerprintOf(publicKey: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', publicKey);
  return toBase64Url(new Uint8Array(digest, 0, FINGERPRINT_BYTES));
}

export class DoorKey {
  private constructor(
    private readonly privateKey: CryptoKey,
    private readonly publicKey: Uint8Array<ArrayBuffer>,
    /** 22 characters of base64url. */
    readonly fingerprint: string,
  ) {}

  static async make(): Promise<DoorKey> {
    const { privateKey } = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    return DoorKey.#of(privateKey);
  }

  /** @param text as {@link DoorKey.text} gives it. @throws when it is none. */
  static async from(text: string): Promise<DoorKey> {
    const jwk: JsonWebKey = JSON.parse(text);
    return DoorKey.#of(await crypto.subtle.importKey('jwk', jwk, ALGORITHM, true, ['sign']));
  }

  static async #of(privateKey: CryptoKey): Promise<DoorKey> {
    const { d: _, key_ops: __, ...jwk } = await crypto.subtle.exportKey('jwk', privateKey);
    const publicKey = await crypto.subtle.importKey('jwk', jwk, ALGORITHM, true, ['verify']);
    const raw = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey));
    return new DoorKey(privateKey, raw, await fingerprintOf(raw));
  }

  /** All of it, the private part too, for this tab's own memory. */
  async text(): Promise<string> {
    return JSON.stringify(await crypto.subtle.exportKey('jwk', this.privateKey));
  }

  async greet(meeting: Meeting): Promise<Greeting> {
    const signature = await crypto.subtle.sign(SIGNING, this.privateKey, textOf(meeting));
    return { key: toBase64Url(this.publicKey), signature: toBase64Url(new Uint8Array(signature)) };
  }
}

/** Whether a greeting is of whom the door's link names, and of this meeting. */
export async function isGenuine({ key, signature }: Greeting, fingerprint: string, meeting: Meeting): Promise<boolean> {
  const [publicKey, signed] = [fromBase64Url(key), fromBase64Url(signature)];
  if (!publicKey || !signed || (await fingerprintOf(publicKey)) !== fingerprint) return false;
  try {
    const verifying = await crypto.subtle.importKey('raw', publicKey, ALGORITHM, false, ['verify']);
    return await crypto.subtle.verify(SIGNING, verifying, signed, textOf(meeting));
  } catch {
    return false;
  }
}
