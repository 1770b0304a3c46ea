/** Image files decoded by sharp. */

import sharp from 'sharp';
import { imageFormat, MAX_PIXELS, type ColourImage } from '../data/formats/image.ts';

/** An image that cannot be used; the message says why in a few words that follow its name. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
}

// Files come once each, so that a cache of them is memory for nothing.
sharp.cache(false);

/**
 * The pixels of an image, as any viewer shows them: turned as its EXIF note says, in sRGB, of an animation the first.
 * @throws {ImageError} when it is in no format of browsers, broken, or has more than MAX_PIXELS pixels.
 */
export async function decodeImage(bytes: Uint8Array): Promise<ColourImage> {
  if (bytes.length === 0) throw new ImageError('empty');
  if (!imageFormat(bytes)) throw new ImageError('neither PNG, JPEG, WebP, GIF nor AVIF');
  // Warnings are of what viewers pass over, such as padding between the segments of a JPEG file.
  const image = sharp(bytes, { failOn: 'error', limitInputPixels: MAX_PIXELS });
  try {
    const { data, info } = await image
      .autoOrient()
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data };
  } catch (error) {
    const isLarge = error instanceof Error && error.message.includes('pixel limit');
    throw new ImageError(isLarge ? `more than ${MAX_PIXELS / 1e6} million pixels` : 'broken', { cause: error });
  }
}
