import { decode as decodeJpeg } from 'jpeg-js';
import { PNG } from 'pngjs';
import { DatasetError } from '../data/dataset.ts';
import type { Size } from '../data/formats/labelledRows.ts';

/** No image has more pixels before it is resized. */
const MAX_PIXELS = 50_000_000;

/** RGBA bytes, row-major. */
interface ColourImage extends Size {
  readonly data: Uint8Array;
}

const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const isPng = (bytes: Buffer) => bytes.subarray(0, 8).equals(PNG_SIGNATURE);
const isJpeg = (bytes: Buffer) => bytes[0] === 0xff && bytes[1] === 0xd8;

function decodePng(bytes: Buffer): ColourImage {
  // The header's size comes first: the decoder takes memory for it before it looks at the data.
  if (bytes.length < 24 || bytes.readUInt32BE(16) * bytes.readUInt32BE(20) > MAX_PIXELS) throw new RangeError('too many pixels');
  return PNG.sync.read(bytes);
}

function decodeJpegImage(bytes: Buffer): ColourImage {
  return decodeJpeg(bytes, { useTArray: true, tolerantDecoding: false, maxResolutionInMP: MAX_PIXELS / 1e6, maxMemoryUsageInMB: 1024 });
}

/** Luma (ITU-R BT.601) on white paper where the image is transparent, 0 .. 255. */
function greyOf({ width, height, data }: ColourImage): Float64Array {
  const grey = new Float64Array(width * height);
  for (let i = 0, at = 0; i < grey.length; i++, at += 4) {
    const luma = 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
    grey[i] = 255 + (data[at + 3]! / 255) * (luma - 255);
  }
  return grey;
}

/**
 * Each of `lines` lines of `length` values averaged over `target` equal parts, values that two parts share by their share.
 * @returns target x lines: transposed, so that doing it twice averages an image over both directions.
 */
function averageLines(values: Float64Array, lines: number, length: number, target: number): Float64Array {
  const averaged = new Float64Array(target * lines);
  const part = length / target;
  for (let t = 0; t < target; t++) {
    for (let i = Math.floor(t * part); i < Math.min(length, (t + 1) * part); i++) {
      const share = (Math.min(i + 1, (t + 1) * part) - Math.max(i, t * part)) / part;
      for (let line = 0; line < lines; line++) averaged[t * lines + line]! += share * values[line * length + i]!;
    }
  }
  return averaged;
}

/** Grey values brought to another size by area averaging, each side by its own factor. */
export function resize(grey: Float64Array, from: Size, to: Size): Float64Array {
  return averageLines(averageLines(grey, from.height, from.width, to.width), to.width, from.height, to.height);
}

/**
 * A PNG or JPEG file as grey bytes of the given size.
 * @param where its name for error messages.
 * @throws {DatasetError} when it is neither, broken, or has more than 50 million pixels.
 */
export function readGreyImage(bytes: Buffer, size: Size, where: string): Uint8Array {
  if (!isPng(bytes) && !isJpeg(bytes)) throw new DatasetError(`${where} is neither PNG nor JPEG; convert it, or move it away.`);
  let image: ColourImage;
  try {
    image = isPng(bytes) ? decodePng(bytes) : decodeJpegImage(bytes);
  } catch (error) {
    throw new DatasetError(
      `${where} cannot be decoded: it is broken or has more than ${MAX_PIXELS / 1e6} million pixels; save it again, or move it away.`,
      { cause: error },
    );
  }
  return Uint8Array.from(resize(greyOf(image), image, size), Math.round);
}
