/** By what those who go on from one model know that it is the same. */

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { floatBytes } from './safetensors.ts';

/** SHA-256 of the weights as little-endian float32, in hex. Not `crypto.subtle`'s, which pages have over https alone. */
export const weightsDigest = (weights: Float32Array): string => bytesToHex(sha256(floatBytes(weights)));
