/** Images of one form, in grey or colour: what is checked before they are decoded, and the arithmetic after, wherever that is done. */

import { headOf } from './imageHead.ts';
import type { Size } from './labelledRows.ts';

/** No image has more pixels before it is resized. */
export const MAX_PIXELS = 50_000_000;

/** RGBA bytes, row-major, the colours not multiplied by alpha. */
export interface ColourImage extends Size {
  readonly data: Uint8Array | Uint8ClampedArray;
}

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
  if (!head) throw new ImageError('neither PNG, JPEG, WebP, GIF nor AVIF');
  if (head.pixels > MAX_PIXELS) throw new ImageError(`more than ${MAX_PIXELS / 1e6} million pixels`);
  if (head.isCut) throw new ImageError('broken');
}

/** The parts of one of `target` equal parts of a line in which values `first` .. `first + shares.length - 1` of `length` lie. */
function partsOf(length: number, target: number): { first: number; shares: number[] }[] {
  const part = length / target;
  return Array.from({ length: target }, (_, t) => {
    const first = Math.floor(t * part);
    const last = Math.min(length, Math.ceil((t + 1) * part));
    const shares = Array.from({ length: last - first }, (__, k) => {
      const i = first + k;
      return (Math.min(i + 1, (t + 1) * part) - Math.max(i, t * part)) / part;
    });
    return { first, shares };
  });
}

/**
 * An image brought to another size by area averaging, each side by its own factor, pixels that two share by their share.
 * @param line gives source row `y`, which has to be used before the next is asked for; rows come in order, one that two share twice.
 */
export function averageArea(line: (y: number) => Float64Array, from: Size, to: Size): Float64Array {
  const across = partsOf(from.width, to.width);
  const averaged = new Float64Array(to.width * to.height);
  partsOf(from.height, to.height).forEach(({ first, shares: down }, row) => {
    down.forEach((share, k) => {
      const values = line(first + k);
      across.forEach(({ first: left, shares }, column) => {
        let sum = 0;
        for (let i = 0; i < shares.length; i++) sum += shares[i]! * values[left + i]!;
        averaged[row * to.width + column]! += share * sum;
      });
    });
  });
  return averaged;
}

/** How images become rows. */
export interface ImageForm {
  readonly size: Size;
  /** 1 for grey, 3 for red, green and blue. */
  readonly channels: 1 | 3;
}

/** How much of red, green and blue a channel has: luma (ITU-R BT.601), or one colour each. */
const mixes = {
  1: [[0.299, 0.587, 0.114]],
  3: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
} as const;

/**
 * Brings an image to a form, on white paper where it is transparent.
 * @returns height x width x channels bytes, row-major.
 */
export function formedImage({ width, height, data }: ColourImage, { size, channels }: ImageForm): Uint8Array {
  const values = new Uint8Array(size.width * size.height * channels);
  const shades = new Float64Array(width);
  mixes[channels].forEach(([red, green, blue], channel) => {
    const line = (y: number) => {
      for (let x = 0, at = 4 * y * width; x < width; x++, at += 4) {
        const shade = red * data[at]! + green * data[at + 1]! + blue * data[at + 2]!;
        shades[x] = 255 + (data[at + 3]! / 255) * (shade - 255);
      }
      return shades;
    };
    averageArea(line, { width, height }, size).forEach((value, i) => {
      values[i * channels + channel] = Math.round(value);
    });
  });
  return values;
}
