/**
 * What members of a closed room tell each other through signalling, sealed with the room's secret: AES-GCM under a key that HKDF
 * (RFC 5869) derives of it. The server learns neither the secret nor the room's name, and can neither read nor make a message.
 */

import { fromBase64Url, toBase64Url } from './base64Url.ts';

/** Random bytes of a secret: as many as the key of AES-128 has, and more than anybody can try. */
const SECRET_BYTES = 16;
const NONCE_BYTES = 12;
/** Of a message's count, big-endian. */
const COUNT_BYTES = 4;

const secretPattern = /^[A-Za-z0-9_-]{22}$/;

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** A new secret of a room, base64url. */
export const makeSecret = (): string => toBase64Url(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));

/** Whether text can be a room's secret. */
export const isSecret = (text: string): boolean => secretPattern.test(text);

/** Who tells whom. */
export interface Direction {
  readonly from: string;
  readonly to: string;
}

export interface Opened {
  readonly payload: string;
  /** Grows from message to message of one direction. */
  readonly count: number;
}

/** What a message is bound to beside its key: an array, so that no two of them have one text. */
const bindingOf = ({ from, to }: Direction, count: number) => bytesOf(JSON.stringify([from, to, count]));

export class RoomSeal {
  private constructor(
    /** The room's name at the server, which follows from name and secret and tells neither. */
    readonly address: string,
    private readonly key: CryptoKey,
  ) {}

  /**
   * The seal of a room. The same room and secret give the same seal; another of either gives one that opens nothing of it.
   * @param secret as {@link makeSecret} makes them.
   */
  static async of(room: string, secret: string): Promise<RoomSeal> {
    const material = await crypto.subtle.importKey('raw', bytesOf(secret), 'HKDF', false, ['deriveBits', 'deriveKey']);
    const derivation = (purpose: string) => ({
      name: 'HKDF',
      hash: 'SHA-256',
      salt: bytesOf('sparkmesh closed room 1'),
      info: bytesOf(JSON.stringify([purpose, room])),
    });
    const address = await crypto.subtle.deriveBits(derivation('address'), material, 128);
    const key = await crypto.subtle.deriveKey(derivation('relay'), material, { name: 'AES-GCM', length: 256 }, false, [
      'encrypt',
      'decrypt',
    ]);
    return new RoomSeal(toBase64Url(new Uint8Array(address)), key);
  }

  /** @param count of this message in its direction, from 1. @returns base64url of count, nonce and ciphertext. */
  async seal(direction: Direction, count: number, payload: string): Promise<string> {
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const parameters = { name: 'AES-GCM', iv: nonce, additionalData: bindingOf(direction, count) };
    const ciphertext = await crypto.subtle.encrypt(parameters, this.key, bytesOf(payload));
    const sealed = new Uint8Array(COUNT_BYTES + NONCE_BYTES + ciphertext.byteLength);
    new DataView(sealed.buffer).setUint32(0, count);
    sealed.set(nonce, COUNT_BYTES);
    sealed.set(new Uint8Array(ciphertext), COUNT_BYTES + NONCE_BYTES);
    return toBase64Url(sealed);
  }

  /** @returns null unless it was sealed with this room's secret, for this direction, and nobody has changed it since. */
  async open(direction: Direction, sealed: string): Promise<Opened | null> {
    const bytes = fromBase64Url(sealed);
    if (!bytes || bytes.length < COUNT_BYTES + NONCE_BYTES) return null;
    const count = new DataView(bytes.buffer).getUint32(0);
    const iv = bytes.subarray(COUNT_BYTES, COUNT_BYTES + NONCE_BYTES);
    try {
      const parameters = { name: 'AES-GCM', iv, additionalData: bindingOf(direction, count) };
      const payload = await crypto.subtle.decrypt(parameters, this.key, bytes.subarray(COUNT_BYTES + NONCE_BYTES));
      return { payload: new TextDecoder().decode(payload), count };
    } catch {
      return null;
    }
  }
}
