/** What a camera reads of a page. */

import type { Locator } from 'playwright';
import decodeQR from 'qr/decode.js';
import sharp from 'sharp';

/** The text of a QR code, of the pixels that the browser shows. */
export async function readCode(code: Locator): Promise<string> {
  const { data, info } = await sharp(await code.screenshot())
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return decodeQR({ width: info.width, height: info.height, data });
}
