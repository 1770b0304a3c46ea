/** Something to make pictures with, and of which class they are. */

import { useId, useState, type ReactNode } from 'react';
import { MAX_CLASS_NAME } from '../../../src/data/dataset.ts';
import { usePage } from '../../usePage.ts';
import './CaptureForm.css';

interface CaptureFormProps {
  readonly children: ReactNode;
  /** What the button does. */
  readonly action: string;
  /** Whether there is anything to take. */
  readonly ready: boolean;
  readonly take: () => Promise<File | null>;
}

export function CaptureForm({ children, action, ready, take }: CaptureFormProps) {
  const give = usePage((page) => page.give);
  const [label, setLabel] = useState('');
  const id = useId();
  const keep = async () => {
    const file = await take();
    if (file) give([{ path: file.name, file }], label);
  };
  return (
    <form
      className="capture"
      onSubmit={(event) => {
        event.preventDefault();
        void keep();
      }}
    >
      {children}
      <p>
        <label htmlFor={id}>It shows</label>
        <input
          id={id}
          value={label}
          maxLength={MAX_CLASS_NAME}
          placeholder="for example: cup"
          onChange={(event) => setLabel(event.target.value)}
        />
        <button type="submit" className="action" disabled={!ready || label.trim() === ''}>
          {action}
        </button>
      </p>
    </form>
  );
}
