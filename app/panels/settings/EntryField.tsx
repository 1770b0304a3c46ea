/** A typed value, taken on Enter or when the field is left; what cannot be stays in the field with a sentence. */

import { useId, useState, type ReactNode } from 'react';
import './EntryField.css';

interface EntryFieldProps<T> {
  readonly label: ReactNode;
  readonly value: T;
  readonly write: (value: T) => string;
  /** Null when the text is none. */
  readonly read: (text: string) => T | null;
  /** What to write instead, in one sentence. */
  readonly remedy: string;
  readonly placeholder?: string;
  readonly onChange: (value: T) => void;
  /** What stands beside the entry. */
  readonly children?: ReactNode;
}

export function EntryField<T>({ label, value, write, read, remedy, placeholder, onChange, children }: EntryFieldProps<T>) {
  const id = useId();
  const [draft, setDraft] = useState<string | null>(null);
  const entered = draft === null ? value : read(draft);

  const take = () => {
    if (entered === null) return;
    setDraft(null);
    if (write(entered) !== write(value)) onChange(entered);
  };

  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="entry">
        <input
          id={id}
          className="figure"
          inputMode="numeric"
          autoComplete="off"
          placeholder={placeholder}
          value={draft ?? write(value)}
          aria-invalid={entered === null}
          aria-describedby={`${id}-problem`}
          onChange={(event) => setDraft(event.target.value)}
          onBlur={take}
          onKeyDown={(event) => event.key === 'Enter' && take()}
        />
        {children}
      </div>
      <p id={`${id}-problem`} className="hint problem" role="alert">
        {entered === null && `✕ ${remedy}`}
      </p>
    </div>
  );
}
