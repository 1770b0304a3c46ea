/** Files in folders, wherever they lie: which are images of which class, and which belong to no class. */

import { isLitter } from './litter.ts';

/** A file by its path in the folder that a person gave, with slashes. */
export interface PlacedFile {
  readonly path: string;
}

export interface ClassFolders<F extends PlacedFile> {
  /** In the order of their paths, folder by folder. */
  readonly images: readonly { readonly file: F; readonly label: string }[];
  /** Beside the classes' folders. */
  readonly beside: readonly F[];
  /** In a folder inside a class. */
  readonly inside: readonly F[];
  /** Paths of what operating systems left there, of a folder but one for all that is in it. */
  readonly litter: readonly string[];
}

interface Place<F extends PlacedFile> {
  readonly file: F;
  readonly names: readonly string[];
}

/** By the names of their folders in the order of code units, so that it is the same everywhere. */
function inOrder(a: Place<PlacedFile>, b: Place<PlacedFile>): number {
  const at = a.names.findIndex((name, i) => name !== b.names[i]);
  if (at < 0) return a.names.length - b.names.length;
  const other = b.names[at];
  return other !== undefined && a.names[at]! < other ? -1 : 1;
}

/** The topmost part of a path that is an operating system's; null if none is. */
function litterIn(names: readonly string[]): string | null {
  const at = names.findIndex((name) => isLitter(name));
  return at < 0 ? null : names.slice(0, at + 1).join('/');
}

/** Sorts the files of a folder with a subfolder a class. */
export function sortByClass<F extends PlacedFile>(files: readonly F[]): ClassFolders<F> {
  const places = files.map((file): Place<F> => ({ file, names: file.path.split('/') }));
  const own = places.filter(({ names }) => litterIn(names) === null).sort(inOrder);
  const atDepth = (is: (depth: number) => boolean) => own.flatMap(({ file, names }) => (is(names.length) ? [file] : []));
  return {
    images: own.flatMap(({ file, names }) => (names.length === 2 ? [{ file, label: names[0]!.normalize('NFC') }] : [])),
    beside: atDepth((depth) => depth === 1),
    inside: atDepth((depth) => depth > 2),
    litter: [...new Set(places.flatMap(({ names }) => litterIn(names) ?? []))].sort(),
  };
}
