/** Reads a person's image files into this browser's store: some at a time, each once, so that whatever ends it loses none that was read. */

import { DatasetError, MAX_CLASS_NAME, MAX_CLASSES, MAX_FILE_BYTES, rowWidth } from '../data/dataset.ts';
import type { ClassFolders } from '../data/formats/classFolders.ts';
import type { ImageForm } from '../data/formats/formedImage.ts';
import { readImages, type ImageOutcome } from '../data/formats/readImages.ts';
import { decodeFile } from './files.ts';
import { ImageTally } from './imageTally.ts';
import type { GivenFile, OwnData, ReadingProgress } from './ownData.ts';
import type { FileOutcome, OwnStore, SeenFile, SeenRow } from './ownStore.ts';

/** What is read is kept and told of so often, ms. */
const KEEP_EVERY_MS = 250;

/** Rows that wait to be kept, at most, bytes. */
const MAX_WAITING = 2 ** 24;

const leftOut = (what: 'file' | 'system file', why: string): FileOutcome => ({ kind: 'left out', what, why });

const seenFile = ({ path, file }: GivenFile, outcome: FileOutcome): SeenFile => ({
  path,
  size: file.size,
  modified: file.lastModified,
  outcome,
});

/** What belongs to no class, without being opened. */
function* misplaced({ beside, inside, litter }: ClassFolders<GivenFile>): Generator<SeenFile> {
  for (const file of beside) yield seenFile(file, leftOut('file', 'lies beside the classes’ folders'));
  for (const file of inside) yield seenFile(file, leftOut('file', 'lies in a folder inside a class'));
  for (const path of litter) {
    yield { path, size: 0, modified: 0, outcome: leftOut('system file', 'an operating system left it there') };
  }
}

/** @throws {DatasetError} when there is no class, one that cannot be, or more than there is room for. */
function checkFolders({ images, inside }: ClassFolders<GivenFile>, { size, channels }: ImageForm): void {
  const [deep] = inside;
  if (images.length === 0) {
    throw new DatasetError(
      deep
        ? `The images lie in folders inside folders, such as ${deep.path}; give the folder in which each folder is a class.`
        : 'There is no image in a folder; give a folder that has one folder a class.',
    );
  }
  const classes = new Set(images.map(({ label }) => label));
  if (classes.size > MAX_CLASSES) {
    throw new DatasetError(`These are ${classes.size} folders, and ${MAX_CLASSES} classes are the most; merge some.`);
  }
  const long = [...classes].find((name) => name.length > MAX_CLASS_NAME);
  if (long) throw new DatasetError(`The folder "${long.slice(0, 20)}.." has a name longer than ${MAX_CLASS_NAME} characters; shorten it.`);
  if (images.length * rowWidth(size) * channels > MAX_FILE_BYTES) {
    throw new DatasetError(`${images.length} images of this size do not fit into memory; choose a smaller size, or give fewer.`);
  }
}

/** Rows that have been read and are not kept yet: kept when enough have come or time has passed, one lot after the other. */
class Keeper<State> {
  #waiting: SeenRow[] = [];
  #bytes = 0;
  #since = performance.now();
  #keeping = Promise.resolve();

  /** @param describe says what has been read up to now. */
  constructor(
    private readonly describe: () => State,
    private readonly keep: (rows: readonly SeenRow[], state: State) => Promise<void>,
  ) {}

  /** Resolves when there is room for more. */
  async add(row: SeenRow): Promise<void> {
    this.#waiting.push(row);
    this.#bytes += row.values?.length ?? 0;
    if (this.#bytes > MAX_WAITING || performance.now() - this.#since > KEEP_EVERY_MS) await this.flush();
  }

  flush(): Promise<void> {
    const rows = this.#waiting;
    const state = this.describe();
    this.#waiting = [];
    this.#bytes = 0;
    this.#since = performance.now();
    this.#keeping = this.#keeping.then(() => this.keep(rows, state));
    return this.#keeping;
  }
}

/** Tallies what is kept, but for files that are read again. */
async function tallied(files: readonly SeenFile[], again: ReadonlySet<string>, form: ImageForm, store: OwnStore): Promise<ImageTally> {
  const tally = new ImageTally(form);
  for (const seen of files) {
    if (again.has(seen.path)) continue;
    const isShown = seen.outcome.kind === 'image' && tally.wantsPreview(seen.outcome.label);
    tally.add(seen, isShown ? ((await store.row(seen.path)) ?? null) : null);
  }
  return tally;
}

const isSame = (seen: SeenFile | undefined, { file }: GivenFile) =>
  seen?.outcome.kind === 'image' && seen.size === file.size && seen.modified === file.lastModified;

const sameForm = (a: ImageForm, b: ImageForm) =>
  a.channels === b.channels && a.size.width === b.size.width && a.size.height === b.size.height;

/** Images in no folder as those of one class, by paths that no other file has. */
export async function inClass(files: readonly GivenFile[], called: string, store: OwnStore): Promise<ClassFolders<GivenFile>> {
  const label = called.trim().normalize('NFC');
  const taken = new Map((await store.files()).map((seen) => [seen.path, seen]));
  const images = files.map(({ file }) => {
    let path = `${label}/${file.name}`;
    for (let n = 2; taken.has(path) && !isSame(taken.get(path), { path, file }); n++) path = `${label}/${n} ${file.name}`;
    const given = { path, file };
    taken.set(path, seenFile(given, { kind: 'image', label }));
    return { file: given, label };
  });
  return { images, beside: [], inside: [], litter: [] };
}

/**
 * Adds the images of folders to those that are kept in the same form, or begins anew.
 * @throws {DatasetError} when none of them can be read.
 */
export async function readImageFiles(
  folders: ClassFolders<GivenFile>,
  form: ImageForm,
  store: OwnStore,
  onProgress: (progress: ReadingProgress, data: OwnData) => void,
): Promise<OwnData> {
  checkFolders(folders, form);
  const kept = await store.kept();
  const goesOn = kept?.data.kind === 'images' && kept.data.from === 'files' && sameForm(kept.data.form, form);
  if (!goesOn) await store.clear();
  const files = await store.files();
  const known = new Map(files.map((seen) => [seen.path, seen]));
  const images = folders.images.filter(({ file }) => !isSame(known.get(file.path), file));
  const useless = [...misplaced(folders)];
  const again = new Set([...images.map(({ file }) => file.path), ...useless.map(({ path }) => path)]);
  const tally = await tallied(files, again, form, store);
  const total = folders.images.length;
  let done = total - images.length;
  const keeper = new Keeper(
    () => ({ progress: { unit: 'images', done, total } as const, data: tally.data() }),
    async (rows, { progress, data }) => {
      if (data.reading.rows > 0) await store.addImages(rows, { data, stoppedAt: progress.done < total ? progress : null });
      onProgress(progress, data);
    },
  );
  const add = (seen: SeenFile, values: Uint8Array | null) => {
    tally.add(seen, values);
    return keeper.add({ seen, values });
  };
  for (const seen of useless) await add(seen, null);
  await readImages(
    images,
    ({ file }) => decodeFile(file),
    form,
    ({ file, label }, outcome: ImageOutcome) => {
      done++;
      if (outcome.kind === 'image') return add(seenFile(file, { kind: 'image', label }), outcome.values);
      return add(seenFile(file, leftOut('file', outcome.why)), null);
    },
  );
  await keeper.flush();
  if (tally.images === 0) throw new DatasetError('None of the images can be read; save them again as PNG or JPEG.');
  return tally.data();
}
