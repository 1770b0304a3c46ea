/** Memory given back by who owned it. */

/**
 * Gives an array's memory back now: until it is collected, tens of megabytes come together. Nobody may use the array or its buffer
 * afterwards. An engine that cannot do so collects it in time.
 */
export function release({ buffer }: ArrayBufferView): void {
  const owned: ArrayBufferLike & { transfer?: (length: number) => ArrayBuffer } = buffer;
  // One that has moved to another thread has none left.
  if (owned.byteLength > 0) owned.transfer?.(0);
}
