/** Files of this machine that are read as a whole. */

import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { DatasetError, MAX_FILE_BYTES } from '../data/dataset.ts';

const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

const tooLarge = (path: string, limit: number, cause?: unknown) =>
  new DatasetError(`${path} has more than the ${limit} bytes that fit into memory; take a part of it.`, { cause });

/**
 * A whole file; one that gzip packed comes out unpacked.
 * @throws {DatasetError} when it is not there, no file, broken, or has more than `limit` bytes.
 */
export async function readWholeFile(path: string, limit = MAX_FILE_BYTES): Promise<Buffer> {
  const found = await stat(path).catch((error: unknown) => {
    throw new DatasetError(`${path} cannot be found; check its name.`, { cause: error });
  });
  if (!found.isFile()) throw new DatasetError(`${path} is not a file; give the name of one.`);
  if (found.size > limit) throw tooLarge(path, limit);
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new DatasetError(`${path} cannot be read; check its permissions.`, { cause: error });
  });
  if (!isGzip(bytes)) return bytes;
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: limit });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(path, limit, error);
    throw new DatasetError(`${path} is packed by gzip and broken; download it again.`, { cause: error });
  }
}
