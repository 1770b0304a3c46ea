/** What is in a person's files, in the browser. */

import { DatasetError, MAX_FILE_BYTES } from '../data/dataset.ts';
import type { ColourImage } from '../data/formats/formedImage.ts';
import { checkImage, ImageError } from '../data/formats/image.ts';
import { MAX_IMAGE_BYTES } from '../data/formats/readImages.ts';
import type { GivenFile } from './ownData.ts';

const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** At most the first `limit` bytes and one more, unpacked. */
async function unpacked(file: Blob, limit: number): Promise<Uint8Array> {
  const reader = file.stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  while (length <= limit) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
  }
  await reader.cancel();
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const head = async (file: Blob, count: number) => new Uint8Array(await file.slice(0, count).arrayBuffer());

/** The first bytes of a file, unpacked; none of one that cannot be read. */
export async function firstBytes({ file }: GivenFile, count: number): Promise<Uint8Array> {
  try {
    const bytes = await head(file, count);
    return isGzip(bytes) ? (await unpacked(file, count)).subarray(0, count) : bytes;
  } catch {
    return new Uint8Array();
  }
}

/** A whole file; one that gzip packed comes out unpacked. @throws {DatasetError} when it cannot be read, is broken, or too large. */
export async function wholeFile({ path, file }: GivenFile): Promise<Uint8Array> {
  const tooLarge = () => new DatasetError(`${path} has more than the ${MAX_FILE_BYTES} bytes that fit into memory; take a part of it.`);
  if (file.size > MAX_FILE_BYTES) throw tooLarge();
  const start = await head(file, 2).catch((error: unknown) => {
    throw new DatasetError(`${path} cannot be read; check that it is still there, and give it again.`, { cause: error });
  });
  if (!isGzip(start)) return new Uint8Array(await file.arrayBuffer());
  const bytes = await unpacked(file, MAX_FILE_BYTES).catch((error: unknown) => {
    throw new DatasetError(`${path} is packed by gzip and broken; download it again.`, { cause: error });
  });
  if (bytes.length > MAX_FILE_BYTES) throw tooLarge();
  return bytes;
}

async function imageBytes(file: File): Promise<ArrayBuffer> {
  if (file.size > MAX_IMAGE_BYTES) throw new ImageError(`more than ${MAX_IMAGE_BYTES} bytes`);
  try {
    return await file.arrayBuffer();
  } catch (error) {
    throw new ImageError('cannot be read', { cause: error });
  }
}

/** One for all images, which come one after the other here: its memory is used again. */
const canvas = new OffscreenCanvas(1, 1);
const context = canvas.getContext('2d', { willReadFrequently: true });

/** The pixels of a bitmap on white paper, where a canvas loses nothing of what is transparent. */
function pixelsOf(bitmap: ImageBitmap): ColourImage {
  if (!context) throw new Error('This browser has no canvas outside of the page; use a current one.');
  const { width, height } = bitmap;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0);
  return { width, height, data: context.getImageData(0, 0, width, height).data };
}

/**
 * The pixels of an image file, as any viewer shows them: turned as its EXIF note says, in sRGB, of an animation the first.
 * @throws {ImageError} when `checkImage` refuses it, or it is broken.
 */
export async function decodeFile({ file }: GivenFile): Promise<ColourImage> {
  const bytes = await imageBytes(file);
  checkImage(new Uint8Array(bytes));
  const bitmap = await createImageBitmap(new Blob([bytes]), { imageOrientation: 'from-image' }).catch((error: unknown) => {
    throw new ImageError('broken', { cause: error });
  });
  try {
    return pixelsOf(bitmap);
  } finally {
    bitmap.close();
  }
}
