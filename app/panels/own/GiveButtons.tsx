/** Ways to give files: a folder, or some of them. */

import { useRef } from 'react';
import { chosenFiles } from '../../../src/own/dropped.ts';
import { usePage } from '../../usePage.ts';

interface FileButtonProps {
  readonly label: string;
  readonly className: string;
  readonly folder: boolean;
}

function FileButton({ label, className, folder }: FileButtonProps) {
  const give = usePage((page) => page.give);
  const input = useRef<HTMLInputElement>(null);
  const take = (chosen: HTMLInputElement) => {
    if (chosen.files) give(chosenFiles(chosen.files));
    // So that the same files can be chosen again.
    chosen.value = '';
  };
  return (
    <>
      <button type="button" className={className} onClick={() => input.current?.click()}>
        {label}
      </button>
      <input
        ref={(element) => {
          input.current = element;
          if (element) element.webkitdirectory = folder;
        }}
        type="file"
        multiple
        hidden
        aria-label={label}
        onChange={(event) => take(event.target)}
      />
    </>
  );
}

/** @param first whether nothing is there yet, so that this is what to do. */
export function GiveButtons({ first }: { first: boolean }) {
  return (
    <>
      <FileButton label={first ? 'Choose a folder' : 'Add a folder'} className={first ? 'action first' : 'action'} folder />
      <FileButton label={first ? 'Choose files' : 'Add files'} className="action" folder={false} />
    </>
  );
}
