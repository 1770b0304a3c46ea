/** What an array can be to the wire form `q8`, which rounds the large ones to 8 bits (`wire.ts` says how). */

export type EightBits =
  /** Sent once, or nothing to spare: it travels as float16. */
  | 'plain'
  /** A vector that its receiver gets again and again, and keeps: it travels as what has changed in it. */
  | 'change'
  /** Such a vector, of which the first change is from the weights that all clients of a run start from. */
  | 'change-from-start'
  /** A sum's term: what rounding takes from it is added to the next one to the same peer. */
  | 'feedback'
  /** New every time, and rounded as it is. */
  | 'features'
  /** The same, of activations: their signs are ReLU masks, which survive. */
  | 'masks';
