/** What a person has given, told from names of folders and from the first bytes of files. */

import { DatasetError } from '../data/dataset.ts';
import { sortByClass, type ClassFolders } from '../data/formats/classFolders.ts';
import { headOf, isHeic } from '../data/formats/imageHead.ts';
import { firstBytes } from './files.ts';
import type { GivenFile } from './ownData.ts';

export type Source =
  | { readonly kind: 'images'; readonly folders: ClassFolders<GivenFile> }
  /** Images in no folder. */
  | { readonly kind: 'loose'; readonly files: readonly GivenFile[] }
  | { readonly kind: 'csv'; readonly file: GivenFile }
  | { readonly kind: 'idx'; readonly images: GivenFile; readonly labels: GivenFile; readonly others: readonly GivenFile[] };

/** More files than that are images. */
const FEW_FILES = 8;

/** Enough to tell an image, and the sizes of an IDX file. */
const HEAD_BYTES = 64;

/** Leaves out the folders that all files share, while more files lie in folders of it than in itself. */
function withoutSharedFolders(files: readonly GivenFile[]): readonly GivenFile[] {
  const [first = ''] = files[0]?.path.split('/') ?? [];
  const isShared = files.length > 0 && files.every(({ path }) => path.startsWith(`${first}/`));
  const deeper = files.filter(({ path }) => path.split('/').length > 2);
  if (!isShared || 2 * deeper.length <= files.length) return files;
  return withoutSharedFolders(files.map(({ path, file }) => ({ path: path.slice(first.length + 1), file })));
}

/** Litter does not count, but goes with its folder. */
function rooted(files: readonly GivenFile[]): ClassFolders<GivenFile> {
  const { images, beside, inside } = sortByClass(files);
  const own = [...images.map(({ file }) => file), ...beside, ...inside];
  const deeper = withoutSharedFolders(own);
  const cut = (own[0]?.path.length ?? 0) - (deeper[0]?.path.length ?? 0);
  const shared = own[0]?.path.slice(0, cut) ?? '';
  return sortByClass(files.map(({ path, file }) => ({ path: path.startsWith(shared) ? path.slice(cut) : path, file })));
}

type Kind = 'image' | 'idx images' | 'idx labels' | 'other';

const isIdx = (bytes: Uint8Array) => bytes[0] === 0 && bytes[1] === 0 && bytes[2]! >= 8 && bytes[2]! <= 14 && bytes[3]! > 0;

async function kindOf(file: GivenFile): Promise<Kind> {
  const bytes = await firstBytes(file, HEAD_BYTES);
  if (headOf(bytes) || isHeic(bytes)) return 'image';
  if (!isIdx(bytes)) return 'other';
  // QMNIST's labels have two dimensions, as tables have.
  return bytes[3] === 1 || (bytes[3] === 2 && /label/i.test(file.path)) ? 'idx labels' : 'idx images';
}

/** Of several pairs that for training. */
function pairOf(images: readonly GivenFile[], labels: readonly GivenFile[]): Source {
  const forTraining = (files: readonly GivenFile[]) => (files.length > 1 ? files.filter(({ path }) => /train/i.test(path)) : files);
  const [image, label] = [forTraining(images), forTraining(labels)];
  if (image.length !== 1 || label.length !== 1) {
    throw new DatasetError(
      `These are ${images.length} IDX files of rows and ${labels.length} of labels; give one of rows and the one of their labels.`,
    );
  }
  const others = [...images, ...labels].filter((file) => file !== image[0] && file !== label[0]);
  return { kind: 'idx', images: image[0]!, labels: label[0]!, others };
}

/** @throws {DatasetError} when nothing can be read of it, saying what to give. */
export async function sourceOf(files: readonly GivenFile[]): Promise<Source> {
  const folders = rooted(files);
  const own = [...folders.images.map(({ file }) => file), ...folders.beside, ...folders.inside];
  if (own.length === 0) throw new DatasetError('There is no file in it; give images in a folder a class, a CSV file, or IDX files.');
  if (own.length <= FEW_FILES) {
    const kinds = await Promise.all(own.map((file) => kindOf(file)));
    const ofKind = (kind: Kind) => own.filter((_, i) => kinds[i] === kind);
    const [rows, labels, tables] = [ofKind('idx images'), ofKind('idx labels'), ofKind('other')];
    if (rows.length + labels.length > 0) return pairOf(rows, labels);
    if (ofKind('image').length === 0 && tables.length > 0) {
      if (tables.length === 1) return { kind: 'csv', file: tables[0]! };
      throw new DatasetError(`These are ${tables.length} files and none is an image; give one table at a time.`);
    }
  }
  if (folders.images.length === 0 && folders.inside.length === 0) return { kind: 'loose', files: folders.beside };
  return { kind: 'images', folders };
}
