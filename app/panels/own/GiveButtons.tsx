/** Ways to give files: a folder, or some of them. */

import { useRef } from 'react';
import { chosenFiles, folderFiles } from '../../../src/own/dropped.ts';
import { usePage } from '../../usePage.ts';

interface FileButtonProps {
  readonly label: string;
  readonly className: string;
  readonly folder: boolean;
}

/**
 * Shows the dialog of folders whose files are asked for one by one: of a folder with thousands the other one holds the page up, as
 * browsers look at each on the disk first.
 * @returns `none` when the person has chosen none, null where there is no such dialog, or it is not allowed here.
 */
async function pickFolder(): Promise<FileSystemDirectoryHandle | 'none' | null> {
  try {
    return (await window.showDirectoryPicker?.()) ?? null;
  } catch (error) {
    return error instanceof DOMException && error.name === 'AbortError' ? 'none' : null;
  }
}

function FileButton({ label, className, folder }: FileButtonProps) {
  const give = usePage((page) => page.give);
  const giveFound = usePage((page) => page.giveFound);
  const input = useRef<HTMLInputElement>(null);
  const take = (chosen: HTMLInputElement) => {
    if (chosen.files) give(chosenFiles(chosen.files));
    // So that the same files can be chosen again.
    chosen.value = '';
  };
  const ask = async () => {
    const picked = folder ? await pickFolder() : null;
    if (picked === null) return input.current?.click();
    if (picked !== 'none') giveFound((tell) => folderFiles(picked, tell));
  };
  return (
    <>
      <button type="button" className={className} onClick={() => void ask()}>
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

/** What is given: the first, more of what is there, or other in its place. */
type Given = 'first' | 'more' | 'other';

const labels = {
  first: { folder: 'Choose a folder', files: 'Choose files' },
  more: { folder: 'Add a folder', files: 'Add files' },
  other: { folder: 'Give another folder', files: 'Give other files' },
} as const satisfies Record<Given, object>;

interface GiveButtonsProps {
  readonly given: Given;
  /** Whether folders are of use: they hold pictures. */
  readonly folders?: boolean;
}

export function GiveButtons({ given, folders = true }: GiveButtonsProps) {
  const { folder, files } = labels[given];
  const look = given === 'first' ? 'action first' : 'action';
  return (
    <>
      {folders && <FileButton label={folder} className={look} folder />}
      <FileButton label={files} className={folders ? 'action' : look} folder={false} />
    </>
  );
}
