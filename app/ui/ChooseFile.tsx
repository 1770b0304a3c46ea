/** A button that asks for one file. */

import { useRef } from 'react';

interface ChooseFileProps {
  readonly label: string;
  /** Endings or types that are offered. */
  readonly accept: string;
  readonly onFile: (file: File) => void;
  readonly first?: boolean;
}

export function ChooseFile({ label, accept, onFile, first = false }: ChooseFileProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" className={first ? 'action first' : 'action'} onClick={() => input.current?.click()}>
        {label}
      </button>
      <input
        ref={input}
        type="file"
        accept={accept}
        hidden
        aria-label={label}
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          // So that the same file can be chosen again.
          target.value = '';
          if (file) onFile(file);
        }}
      />
    </>
  );
}
