import { useId, useState, type ReactNode } from 'react';
import type { settingsSchema } from '../../src/settings/settings.ts';

interface NumberFieldProps {
  readonly label: ReactNode;
  readonly value: number;
  /** A whole number between two bounds, as the schema of the settings has it. */
  readonly schema: typeof settingsSchema.entries.samples;
  readonly onChange: (value: number) => void;
  /** What stands beside the number. */
  readonly children?: ReactNode;
}

/** A whole number, taken on Enter or when the field is left; what cannot be stays in the field with a sentence. */
export function NumberField({ label, value, schema, onChange, children }: NumberFieldProps) {
  const id = useId();
  const [draft, setDraft] = useState<string | null>(null);
  const [, , { requirement: least }, { requirement: most }] = schema.pipe;
  const entered = draft === null ? value : wholeNumber(draft);
  const bad = Number.isNaN(entered) || entered < least || entered > most;

  const take = () => {
    if (bad) return;
    setDraft(null);
    if (entered !== value) onChange(entered);
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
          value={draft ?? value}
          aria-invalid={bad}
          aria-describedby={`${id}-problem`}
          onChange={(event) => setDraft(event.target.value)}
          onBlur={take}
          onKeyDown={(event) => event.key === 'Enter' && take()}
        />
        {children}
      </div>
      <p id={`${id}-problem`} className="hint problem" role="alert">
        {bad && `✕ Use a whole number from ${least.toLocaleString('en')} to ${most.toLocaleString('en')}.`}
      </p>
    </div>
  );
}

function wholeNumber(text: string): number {
  return /^\s*\d+\s*$/.test(text) ? Number(text) : NaN;
}
