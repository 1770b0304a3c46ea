/** Names that nobody else has. */

/** 128 random bits as hexadecimal digits. `crypto.randomUUID` would do, but browsers withhold it from pages that came by plain http. */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
