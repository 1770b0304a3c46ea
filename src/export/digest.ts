/** By what those who go on from one model know that it is the same. */

import { floatBytes } from './safetensors.ts';

/** SHA-256 of the weights as little-endian float32, in hex. */
export async function weightsDigest(weights: Float32Array): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', floatBytes(weights)));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
