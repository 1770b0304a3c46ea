import { crc32 } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import { formedImage } from '../data/formats/formedImage.ts';
import { ImageError } from '../data/formats/image.ts';
import { headOf } from '../data/formats/imageHead.ts';
import type { Size } from '../data/formats/formedImage.ts';
import { decodeImage } from './decodeImage.ts';

const size = (width: number, height: number): Size => ({ width, height });
const read = async (bytes: Uint8Array, to: Size) => formedImage(await decodeImage(bytes), { size: to, channels: 1 });

const greys = (values: readonly number[], { width, height }: Size) =>
  sharp(Uint8Array.from(values), { raw: { width, height, channels: 1 } }).toColourspace('b-w');

/** Dark on the left and bright on the right. */
const halves = (width: number, height: number): Sharp =>
  greys(
    Array.from({ length: width * height }, (_, i) => (i % width < width / 2 ? 40 : 200)),
    size(width, height),
  );

/** A JPEG file with `inserted` before each marker of `kind`. */
function spliced(jpeg: Buffer, kind: number, inserted: readonly number[]): Buffer {
  const at = jpeg.indexOf(Buffer.of(0xff, kind));
  return Buffer.concat([jpeg.subarray(0, at), Buffer.from(inserted), jpeg.subarray(at)]);
}

describe('a PNG', () => {
  test.each<[string, (image: Sharp) => Sharp]>([
    ['grey', (image) => image],
    ['with colours', (image) => image.toColourspace('srgb')],
    ['with transparency', (image) => image.toColourspace('srgb').ensureAlpha()],
    ['of 16 bits', (image) => image.toColourspace('grey16')],
    ['of few colours', (image) => image.toColourspace('srgb').png({ palette: true })],
    ['interlaced', (image) => image.png({ progressive: true })],
  ])('%s is read', async (_, make) => {
    const file = await make(greys([0, 100, 255], size(3, 1)))
      .png()
      .toBuffer();
    expect(await read(file, size(3, 1))).toEqual(Uint8Array.of(0, 100, 255));
  });

  test('is put on white where it is transparent', async () => {
    const file = await sharp(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 51), { raw: { width: 2, height: 1, channels: 4 } })
      .png()
      .toBuffer();
    expect(await read(file, size(2, 1))).toEqual(Uint8Array.of(255, 204));
  });

  test('may have bytes after its end', async () => {
    const file = await greys([0, 100, 255], size(3, 1)).png().toBuffer();
    expect(await read(Buffer.concat([file, Buffer.alloc(16)]), size(3, 1))).toEqual(Uint8Array.of(0, 100, 255));
  });
});

describe('a JPEG', () => {
  const near = (bytes: Uint8Array, values: readonly number[]) =>
    bytes.forEach((value, i) => expect(Math.abs(value - values[i]!)).toBeLessThan(4));

  test.each<[string, (jpeg: Buffer) => Buffer]>([
    ['as it is', (jpeg) => jpeg],
    ['with padding between segments', (jpeg) => spliced(jpeg, 0xdb, [0, 0])],
    ['with filling between segments', (jpeg) => spliced(jpeg, 0xc4, [0xff, 0xff, 0xff])],
    ['with padding behind its start', (jpeg) => Buffer.concat([jpeg.subarray(0, 2), Buffer.of(0), jpeg.subarray(2)])],
    ['with stray restart markers', (jpeg) => spliced(jpeg, 0xd9, [0xff, 0xd0, 0xff, 0xd1])],
    ['with bytes after its end', (jpeg) => Buffer.concat([jpeg, Buffer.alloc(40)])],
  ])('%s is read', async (_, change) => {
    const file = change(await halves(16, 16).jpeg({ quality: 100 }).toBuffer());
    near(await read(file, size(2, 2)), [40, 200, 40, 200]);
  });

  test('of four inks is read', async () => {
    const file = await halves(16, 16).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
    expect((await sharp(file).metadata()).channels).toBe(4);
    const [dark = 0, bright = 0] = await read(file, size(2, 1));
    expect(bright - dark).toBeGreaterThan(100);
  });

  test('is turned as its note says', async () => {
    const file = await halves(40, 20).withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toBuffer();
    expect(await decodeImage(file)).toMatchObject({ width: 20, height: 40 });
    near(await read(file, size(2, 2)), [40, 40, 200, 200]);
  });
});

test.each(['webp', 'gif', 'avif'] as const)('a %s is read', async (format) => {
  const file = await halves(16, 16).toFormat(format, { quality: 100 }).toBuffer();
  expect(headOf(file)).toMatchObject({ pixels: 256, isCut: false });
  const [dark, bright] = await read(file, size(2, 1));
  expect(Math.abs(dark! - 40)).toBeLessThan(6);
  expect(Math.abs(bright! - 200)).toBeLessThan(6);
});

const noise = sharp({
  create: { width: 200, height: 200, channels: 3, background: 'red', noise: { type: 'gaussian', sigma: 50, mean: 99 } },
});

/** A PNG file whose header says a width and height of `side`. */
function enlarged(png: Buffer, side: number): Buffer {
  const file = Buffer.from(png);
  file.writeUInt32BE(side, 16);
  file.writeUInt32BE(side, 20);
  file.writeUInt32BE(crc32(file.subarray(12, 29)), 29);
  return file;
}

describe('what is no image is refused', () => {
  const cut = async (image: Sharp, length: number) => (await image.toBuffer()).subarray(0, length);
  test.each<[string, () => Promise<Buffer>, string]>([
    ['an empty file', async () => Buffer.alloc(0), 'empty'],
    [
      'another kind of file',
      async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      'neither PNG, JPEG, WebP, GIF nor AVIF',
    ],
    ['a PNG cut short', () => cut(halves(9, 9).png(), 50), 'broken'],
    ['a JPEG cut short', () => cut(halves(64, 64).jpeg(), 150), 'broken'],
    ['a JPEG cut in its data', async () => (await noise.jpeg().toBuffer()).subarray(0, -2000), 'broken'],
    ['a WebP in name alone', async () => Buffer.from('RIFF\x1a\0\0\0WEBPVP8 '), 'broken'],
    ['an enormous PNG', async () => enlarged(await greys([0], size(1, 1)).png().toBuffer(), 60_000), 'more than 50 million pixels'],
  ])('%s', async (_, file, why) => {
    await expect(file().then(decodeImage)).rejects.toThrow(new ImageError(why));
  });
});
