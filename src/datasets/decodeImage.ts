/** Image files decoded by sharp. */

import sharp from 'sharp';
import type { ColourImage } from '../data/formats/formedImage.ts';
import { checkImage, ImageError, MAX_PIXELS } from '../data/formats/image.ts';

// Files come once each, so that a cache of them is memory for nothing.
sharp.cache(false);

/**
 * The pixels of an image, as any viewer shows them: turned as its EXIF note says, in sRGB, of an animation the first.
 * @throws {ImageError} when `checkImage` refuses it, or it is broken.
 */
export async function decodeImage(bytes: Uint8Array): Promise<ColourImage> {
  checkImage(bytes);
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
    throw new ImageError('broken', { cause: error });
  }
}
