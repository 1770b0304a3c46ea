/** What is checked of an image file before it is decoded. */

import { headOf, isHeic } from './imageHead.ts';

/** No image has more pixels before it is resized. */
export const MAX_PIXELS = 50_000_000;

/** An image that cannot be used; the message says why in a few words that follow its name. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
}

/**
 * Looks at an image file before it is decoded.
 * @throws {ImageError} when it is empty, in no format of browsers, cut, or has more than MAX_PIXELS pixels.
 */
export function checkImage(bytes: Uint8Array): void {
  if (bytes.length === 0) throw new ImageError('empty');
  const head = headOf(bytes);
  if (!head && isHeic(bytes)) throw new ImageError('HEIC, which few browsers show; save it as JPEG, or have the phone take JPEG');
  if (!head) throw new ImageError('neither PNG, JPEG, WebP, GIF nor AVIF');
  if (head.pixels > MAX_PIXELS) throw new ImageError(`more than ${MAX_PIXELS / 1e6} million pixels`);
  if (head.isCut) throw new ImageError('broken');
}
