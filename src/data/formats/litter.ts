/** What operating systems leave in folders beside a person's own files. */

const names = new Set([
  '__macosx',
  'thumbs.db',
  'ehthumbs.db',
  'ehthumbs_vista.db',
  'desktop.ini',
  'icon\r',
  '$recycle.bin',
  'system volume information',
  'lost+found',
  '@eadir',
]);

/** If a file or folder of that name is an operating system's, in any spelling: also whatever is hidden, as `.DS_Store` and `._photo.jpg`. */
export const isLitter = (name: string): boolean => name.startsWith('.') || names.has(name.toLowerCase());
