/** Packed datasets in folders of this machine. */

import { open, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { DatasetError, type RowSource } from '../data/dataset.ts';
import { packedSource } from '../data/packedSource.ts';

async function orMissing<T>(reading: Promise<T>, path: string): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    throw new DatasetError(`${path} cannot be read; run \`npm run prepare-data\`.`, { cause: error });
  }
}

/** A packed dataset in a folder of this machine. Holds no file open between reads. */
export function fileSource(directory: string): RowSource {
  return packedSource({
    where: directory + sep,
    meta() {
      const path = join(directory, 'meta.json');
      return orMissing(readFile(path, 'utf8'), path);
    },
    async bytes(file, start, end) {
      const path = join(directory, file);
      const handle = await orMissing(open(path), path);
      try {
        const { buffer, bytesRead } = await handle.read(new Uint8Array(end - start), 0, end - start, start);
        return buffer.subarray(0, bytesRead);
      } finally {
        await handle.close();
      }
    },
  });
}
