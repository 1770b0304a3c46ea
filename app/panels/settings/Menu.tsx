/** One of many, by name. */

import { useId } from 'react';
import './Menu.css';

interface MenuProps<T extends string> {
  readonly label: string;
  readonly values: readonly T[];
  readonly nameOf: (value: T) => string;
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly hint: string;
}

export function Menu<T extends string>({ label, values, nameOf, value, onChange, hint }: MenuProps<T>) {
  const id = useId();
  const choose = (chosen: string) => {
    const known = values.find((option) => option === chosen);
    if (known) onChange(known);
  };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <span className="menu">
        <select id={id} value={value} aria-describedby={`${id}-hint`} onChange={(event) => choose(event.target.value)}>
          {values.map((option) => (
            <option key={option} value={option}>
              {nameOf(option)}
            </option>
          ))}
        </select>
      </span>
      <p id={`${id}-hint`} className="hint">
        {hint}
      </p>
    </div>
  );
}
