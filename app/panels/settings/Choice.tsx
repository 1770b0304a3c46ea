/** One of a few, all in sight. */

import { useId, type ReactNode } from 'react';
import './Choice.css';

interface ChoiceProps<T extends string> {
  readonly label: ReactNode;
  readonly values: readonly T[];
  readonly names: Readonly<Record<T, string>>;
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly hint?: string;
}

export function Choice<T extends string>({ label, values, names, value, onChange, hint }: ChoiceProps<T>) {
  const id = useId();
  return (
    <div className="field" role="radiogroup" aria-labelledby={id} aria-describedby={hint && `${id}-hint`}>
      <span id={id}>{label}</span>
      <div className="options">
        {values.map((option) => (
          <label key={option}>
            <input type="radio" name={id} checked={option === value} onChange={() => onChange(option)} />
            <span data-name={names[option]}>{names[option]}</span>
          </label>
        ))}
      </div>
      {hint && (
        <p id={`${id}-hint`} className="hint">
          {hint}
        </p>
      )}
    </div>
  );
}
