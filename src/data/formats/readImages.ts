/** Image files read one after the other, whoever opens and decodes them. */

import { formedImage, type ColourImage, type ImageForm } from './formedImage.ts';
import { ImageError } from './image.ts';

/** No file of an image is larger, bytes. */
export const MAX_IMAGE_BYTES = 2 ** 26;

/** Images that are decoded at a time; none has more than MAX_PIXELS pixels of 4 bytes. */
const PARALLEL = 4;

/** How the files of one place are opened and decoded. @throws {ImageError} */
export type Decoder<F> = (file: F) => Promise<ColourImage>;

/** What became of a file: its values, or why it has none in a few words that follow its name. */
export type ImageOutcome = { readonly kind: 'image'; readonly values: Uint8Array } | { readonly kind: 'broken'; readonly why: string };

async function readImage<F>(file: F, decode: Decoder<F>, form: ImageForm): Promise<ImageOutcome> {
  try {
    return { kind: 'image', values: formedImage(await decode(file), form) };
  } catch (error) {
    if (error instanceof ImageError) return { kind: 'broken', why: error.message };
    throw error;
  }
}

/**
 * Reads images in their order, some at a time, so that no more than those are in memory.
 * @param take gets what became of each; the next waits for it.
 */
export async function readImages<F>(
  files: readonly F[],
  decode: Decoder<F>,
  form: ImageForm,
  take: (file: F, outcome: ImageOutcome, index: number) => void | Promise<void>,
): Promise<void> {
  const queue = files.entries();
  const readInTurn = async () => {
    for (const [i, file] of queue) await take(file, await readImage(file, decode, form), i);
  };
  await Promise.all(Array.from({ length: PARALLEL }, readInTurn));
}
