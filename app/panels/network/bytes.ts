/** Bytes of all kinds of messages together. */

import type { BytesByKind } from '../../../src/client/view.ts';

export function totalBytes(kinds: BytesByKind): number {
  return Object.values(kinds).reduce((sum, bytes) => sum + bytes, 0);
}
