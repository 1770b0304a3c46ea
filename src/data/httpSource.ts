/** Packed datasets that a server hands out. */

import { CATALOGUE_FILE, parseCatalogue, type CatalogueEntry } from './catalogue.ts';
import { parseTable, type Table } from './columns.ts';
import { DatasetError, type DatasetInfo, type RowSource } from './dataset.ts';
import { packedSource } from './packedSource.ts';

/** Of a description or a catalogue. */
const MAX_TEXT_BYTES = 256 * 1024;

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
      throw new DatasetError(`${response.url} answered with more than the ${limit} bytes expected; run \`npm start\` to prepare the data.`);
    }
    bytes.set(part.value, length);
    length += part.value.length;
  }
}

/** @returns null for what is not there. @throws {DatasetError} when the server is out of reach or refuses. */
async function get(url: string, headers: Record<string, string>): Promise<Response | null> {
  let response: Response;
  try {
    response = await fetch(url, { headers });
  } catch (error) {
    throw new DatasetError(`${url} is out of reach; check that the server runs (\`npm start\`) and reload.`, { cause: error });
  }
  if (response.status === 200 || response.status === 206) return response;
  await response.body?.cancel();
  if (response.status === 404) return null;
  throw new DatasetError(`${url} is refused (HTTP ${response.status}); check the server.`);
}

/** The text of a small file; null also where a page server answers an unknown path with its index page. */
async function getText(url: string): Promise<string | null> {
  const response = await get(url, {});
  const isPage = response?.headers.get('content-type')?.startsWith('text/html');
  if (isPage) await response?.body?.cancel();
  return response && !isPage ? new TextDecoder().decode(await readBody(response, MAX_TEXT_BYTES)) : null;
}

/** The datasets under `root`. @throws {DatasetError} */
export async function fetchCatalogue(root: URL): Promise<readonly CatalogueEntry[]> {
  const url = new URL(CATALOGUE_FILE, root).href;
  const text = await getText(url);
  if (text === null) throw new DatasetError(`${url} is missing; run \`npm start\`, which lists the datasets there.`);
  return parseCatalogue(text, url);
}

/** What a packed dataset is: its description, and of a table its columns, which are null where they were not kept when it was packed. */
export interface PackedInputs {
  readonly info: DatasetInfo;
  readonly table: Table | null;
}

/** @param root URL of the data folder, with a closing slash. @throws {DatasetError} */
export async function fetchInputs(root: URL, dataset: string): Promise<PackedInputs> {
  const info = await httpSource(root, dataset).info();
  const url = new URL(`${dataset}/columns.json`, root).href;
  const text = info.kind === 'table' ? await getText(url) : null;
  return { info, table: text === null ? null : parseTable(text, url) };
}

/**
 * A packed dataset under `${root}${dataset}/`, read by HTTP ranges. A server that does not know ranges works too, at the price
 * of whole files.
 * @param root URL of the data folder, with a closing slash, e.g. `new URL('data/', document.baseURI)`.
 */
export function httpSource(root: URL, dataset: string): RowSource {
  const folder = new URL(`${dataset}/`, root);
  return packedSource({
    where: folder.href,
    async meta() {
      const text = await getText(new URL('meta.json', folder).href);
      if (text !== null) return text;
      throw new DatasetError(
        `The server of this page has no dataset "${dataset}" (${folder.href}); pack it there with \`npm run prepare-data\`, or choose another.`,
      );
    },
    async bytes(file, start, end, size) {
      const url = new URL(file, folder).href;
      const response = await get(url, { Range: `bytes=${start}-${end - 1}` });
      if (!response) throw new DatasetError(`${url} is missing; pack the dataset again with \`npm run prepare-data\`.`);
      if (response.status === 206) return readBody(response, end - start);
      const whole = await readBody(response, size);
      // A page server answers unknown paths with its index page, so a whole file has to be the whole file.
      if (whole.length !== size) throw new DatasetError(`${url} is not packed data; pack the dataset again with \`npm run prepare-data\`.`);
      return whole.subarray(start, end);
    },
  });
}
