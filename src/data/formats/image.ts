/** Decoded images as grey bytes of one size: the same arithmetic wherever they were decoded. */

import type { Size } from './labelledRows.ts';

/** No image has more pixels before it is resized. */
export const MAX_PIXELS = 50_000_000;

/** RGBA bytes, row-major, the colours not multiplied by alpha. */
export interface ColourImage extends Size {
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** The formats that every browser shows, and sharp decodes. */
export type ImageFormat = 'PNG' | 'JPEG' | 'WebP' | 'GIF' | 'AVIF';

const ascii = (bytes: Uint8Array, start: number, end: number) => String.fromCharCode(...bytes.subarray(start, end));

/** The format that a file's first bytes say, whatever it is called; null of any other. */
export function imageFormat(bytes: Uint8Array): ImageFormat | null {
  if (ascii(bytes, 0, 8) === '\x89PNG\r\n\x1a\n') return 'PNG';
  if (ascii(bytes, 0, 2) === '\xff\xd8') return 'JPEG';
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP') return 'WebP';
  if (/^GIF8[79]a$/.test(ascii(bytes, 0, 6))) return 'GIF';
  return /^ftypavi[fs]$/.test(ascii(bytes, 4, 12)) ? 'AVIF' : null;
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

/** Luma (ITU-R BT.601) on white paper where the image is transparent, as bytes of the given size, row-major. */
export function greyImage({ width, height, data }: ColourImage, size: Size): Uint8Array {
  const grey = new Float64Array(width);
  const line = (y: number) => {
    for (let x = 0, at = 4 * y * width; x < width; x++, at += 4) {
      const luma = 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
      grey[x] = 255 + (data[at + 3]! / 255) * (luma - 255);
    }
    return grey;
  };
  return Uint8Array.from(averageArea(line, { width, height }, size), Math.round);
}
