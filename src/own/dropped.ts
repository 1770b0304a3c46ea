/** The files in what a person drops, pastes or chooses, with those in its folders. */

import type { GivenFile } from './ownData.ts';

const entriesOf = async (folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> => {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    // Some at a time, until there are none.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
};

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

async function filesIn(entry: FileSystemEntry): Promise<GivenFile[]> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [{ path: entry.fullPath.slice(1), file }];
  }
  if (!isFolder(entry)) return [];
  const files: GivenFile[] = [];
  for (const inner of await entriesOf(entry)) files.push(...(await filesIn(inner)));
  return files;
}

/** What was dropped or pasted. To be called while the event is handled: after that the browser takes it back. */
export async function transferredFiles({ items }: DataTransfer): Promise<GivenFile[]> {
  const given = [...items].flatMap((item) => {
    const entry = item.kind === 'file' ? item.webkitGetAsEntry() : null;
    if (entry) return [filesIn(entry)];
    const file = item.getAsFile();
    return file ? [Promise.resolve([{ path: file.name, file }])] : [];
  });
  return (await Promise.all(given)).flat();
}

/** What was chosen in a dialog of files or of folders. */
export const chosenFiles = (files: FileList): GivenFile[] =>
  [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
