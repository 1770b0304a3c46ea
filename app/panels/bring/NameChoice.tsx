/** One of some names, or none; the one that was probably meant is offered by itself. */

import './NameChoice.css';

interface NameChoiceProps {
  readonly label: string;
  /** What none is called; null where there has to be one. */
  readonly none: string | null;
  readonly names: readonly string[];
  readonly value: string | null;
  readonly near: string | null;
  readonly onChange: (name: string | null) => void;
}

export function NameChoice({ label, none, names, value, near, onChange }: NameChoiceProps) {
  return (
    <span className="name-choice">
      <span className="menu">
        <select aria-label={label} value={value ?? ''} onChange={({ target }) => onChange(target.value === '' ? null : target.value)}>
          {none !== null && <option value="">{none}</option>}
          {names.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </span>
      {value === null && near !== null && (
        <button type="button" className="link" onClick={() => onChange(near)}>
          It is “{near}”
        </button>
      )}
    </span>
  );
}
