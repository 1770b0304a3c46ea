/** Takes the files that are dropped or pasted anywhere on the page. */

import { useEffect } from 'react';
import { transferredFiles } from '../../src/own/dropped.ts';
import type { GivenFile } from '../../src/own/ownData.ts';

const hasFiles = (data: DataTransfer | null) => data?.types.includes('Files') === true;

/**
 * @param give gets the files.
 * @param onOver is told whether files are being held over the page.
 */
export function useDropped(give: (files: readonly GivenFile[]) => void, onOver: (isOver: boolean) => void): void {
  useEffect(() => {
    const ending = new AbortController();
    const { signal } = ending;
    const take = (event: Event, data: DataTransfer | null) => {
      onOver(false);
      if (!data || !hasFiles(data)) return;
      event.preventDefault();
      void transferredFiles(data).then((files) => give(files));
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
