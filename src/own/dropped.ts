/** The files in what a person drops, pastes or chooses, with those in its folders: found some at a time, as there may be many. */

import type { GivenFile } from './ownData.ts';

/** Told now and then how many files have been found. */
export type TellFound = (found: number) => void;

/** Finds files, which may take its time. */
export type Find = (tell: TellFound) => Promise<readonly GivenFile[]>;

/** Files are asked for together, so many at most: each asks the disk. */
const AT_ONCE = 100;

declare global {
  interface Window {
    /** Where a browser has it, it shows a dialog of folders, whose files can then be asked for one by one. */
    showDirectoryPicker?: () => Promise<FileSystemDirectoryHandle>;
  }
}

/** Counts what is found. @returns to be called of each lot. */
function counting(tell: TellFound): (files: readonly GivenFile[]) => void {
  let found = 0;
  return ({ length }) => tell((found += length));
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

async function fileOf(entry: FileSystemFileEntry): Promise<GivenFile> {
  const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
  return { path: entry.fullPath.slice(1), file };
}

async function filesIn(folder: FileSystemDirectoryEntry, count: (files: readonly GivenFile[]) => void): Promise<GivenFile[]> {
  const reader = folder.createReader();
  const all: GivenFile[] = [];
  for (;;) {
    // Some at a time, until there are none.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    const files = await Promise.all(some.filter(isFile).map(fileOf));
    count(files);
    all.push(...files);
    for (const inner of some.filter(isFolder)) all.push(...(await filesIn(inner, count)));
  }
}

/** What was dropped or pasted. To be called while the event is handled: after that the browser takes it back. */
export async function transferredFiles({ items }: DataTransfer, tell: TellFound): Promise<GivenFile[]> {
  const count = counting(tell);
  const given = [...items].flatMap((item) => {
    const entry = item.kind === 'file' ? item.webkitGetAsEntry() : null;
    if (entry) return isFolder(entry) ? [filesIn(entry, count)] : isFile(entry) ? [fileOf(entry).then((file) => [file])] : [];
    const file = item.getAsFile();
    return file ? [Promise.resolve([{ path: file.name, file }])] : [];
  });
  return (await Promise.all(given)).flat();
}

/** What was chosen in a dialog of files, or of folders where the page is given all files of one at once. */
export const chosenFiles = (files: FileList): GivenFile[] =>
  [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));

/** The files of a folder that the page may look into, by paths that begin with its name. */
export async function folderFiles(folder: FileSystemDirectoryHandle, tell: TellFound): Promise<GivenFile[]> {
  const count = counting(tell);
  const look = async (inner: FileSystemDirectoryHandle, path: string): Promise<GivenFile[]> => {
    const all: GivenFile[] = [];
    let some: { readonly path: string; readonly handle: FileSystemFileHandle }[] = [];
    const take = async () => {
      const files = await Promise.all(some.map(async (found) => ({ path: found.path, file: await found.handle.getFile() })));
      some = [];
      count(files);
      all.push(...files);
    };
    for await (const entry of inner.values()) {
      const at = `${path}/${entry.name}`;
      if (isDirectory(entry)) all.push(...(await look(entry, at)));
      else if (isHandleOfFile(entry)) some.push({ path: at, handle: entry });
      if (some.length === AT_ONCE) await take();
    }
    await take();
    return all;
  };
  return look(folder, folder.name);
}

const isDirectory = (handle: FileSystemHandle): handle is FileSystemDirectoryHandle => handle.kind === 'directory';
const isHandleOfFile = (handle: FileSystemHandle): handle is FileSystemFileHandle => handle.kind === 'file';
