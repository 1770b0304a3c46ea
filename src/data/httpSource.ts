import type { DatasetName } from '../settings/settings.ts';
import { DatasetError, type RowSource } from './dataset.ts';
import { packedSource } from './packedSource.ts';

const MAX_META_BYTES = 64 * 1024;

/** The whole body. @throws {DatasetError} when it has more than `limit` bytes. */
async function readBody(response: Response, limit: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(limit);
  let length = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const part = await reader?.read();
    if (!part || part.done) return bytes.subarray(0, length);
    if (length + part.value.length > limit) {
      await reader?.cancel();
      throw new DatasetError(
        `${response.url} answered with more than the ${limit} bytes expected; run \`npm start\` to prepare the data.`,
      );
    }
    bytes.set(part.value, length);
    length += part.value.length;
  }
}

/**
 * A packed dataset under `${root}${dataset}/`, read by HTTP ranges. A server that does not know ranges works too, at the price
 * of whole files.
 * @param root URL of the data folder, with a closing slash, e.g. `new URL('data/', document.baseURI)`.
 */
export function httpSource(root: URL, dataset: DatasetName): RowSource {
  const folder = new URL(`${dataset}/`, root);

  const get = async (file: string, headers: Record<string, string>): Promise<Response> => {
    const url = new URL(file, folder).href;
    let response: Response;
    try {
      response = await fetch(url, { headers });
    } catch (error) {
      throw new DatasetError(`${url} is out of reach; check that the server runs (\`npm start\`) and reload.`, { cause: error });
    }
    if (response.status === 200 || response.status === 206) return response;
    await response.body?.cancel();
    throw new DatasetError(`${url} is missing (HTTP ${response.status}); run \`npm start\`, which prepares the data.`);
  };

  return packedSource({
    where: folder.href,
    meta: async () => new TextDecoder().decode(await readBody(await get('meta.json', {}), MAX_META_BYTES)),
    async bytes(file, start, end, size) {
      const response = await get(file, { Range: `bytes=${start}-${end - 1}` });
      if (response.status === 206) return readBody(response, end - start);
      const whole = await readBody(response, size);
      // A page server answers unknown paths with its index page, so a whole file has to be the whole file.
      if (whole.length !== size)
        throw new DatasetError(`${response.url} is not packed data; run \`npm start\` to prepare the data.`);
      return whole.subarray(start, end);
    },
  });
}
