/** Takes the files that are dropped or pasted anywhere on the page. */

import { useEffect } from 'react';
import { transferredFiles, type Find } from '../../src/own/dropped.ts';
import type { GivenFile } from '../../src/own/ownData.ts';

const hasFiles = (data: DataTransfer | null) => data?.types.includes('Files') === true;

/**
 * @param give gets what finds the files, and begins with it at once.
 * @param onOver is told whether files are being held over the page.
 */
export function useDropped(give: (find: Find) => void, onOver: (isOver: boolean) => void): void {
  useEffect(() => {
    const ending = new AbortController();
    const { signal } = ending;
    const take = (event: Event, data: DataTransfer | null) => {
      onOver(false);
      if (!data || !hasFiles(data)) return;
      event.preventDefault();
      give((tell) => transferredFiles(data, tell));
    };
    const hold = (event: DragEvent) => {
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      onOver(true);
    };
    window.addEventListener('dragover', hold, { signal });
    window.addEventListener('dragleave', ({ relatedTarget }) => onOver(relatedTarget !== null), { signal });
    window.addEventListener('drop', (event) => take(event, event.dataTransfer), { signal });
    window.addEventListener('paste', (event) => take(event, event.clipboardData), { signal });
    return () => ending.abort();
  }, [give, onOver]);
}

/** Takes the first file that is dropped or pasted. */
export function useDroppedFile(take: (file: GivenFile) => unknown, onOver: (isOver: boolean) => void): void {
  const give = async (find: Find) => {
    const [first] = await find(() => undefined);
    if (first) take(first);
  };
  useDropped((find) => void give(find), onOver);
}
