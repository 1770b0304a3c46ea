/** The network's layers, from the image up. */

import { settingsSchema, type Settings } from '../../../src/settings/settings.ts';
import { Term } from '../../ui/Term.tsx';
import { SizesField } from './SizesField.tsx';

interface ModelFieldProps {
  readonly settings: Settings;
  /** Why the last change made no model, whichever setting it was of. */
  readonly refusal: string | null;
  readonly onChange: (change: Partial<Settings>) => void;
}

export function ModelField({ settings: { convolutions, hidden }, refusal, onChange }: ModelFieldProps) {
  return (
    <div>
      <div className="pair">
        <SizesField
          label={<Term of="convolutions">Convolutions</Term>}
          value={convolutions}
          schema={settingsSchema.entries.convolutions}
          onChange={(channels) => onChange({ convolutions: channels })}
        />
        <SizesField
          label={<Term of="hidden">Hidden layers</Term>}
          value={hidden}
          schema={settingsSchema.entries.hidden}
          onChange={(sizes) => onChange({ hidden: sizes })}
        />
      </div>
      <div className="field">
        <p className="hint problem" role="alert">
          {refusal !== null && `✕ ${refusal}`}
        </p>
      </div>
    </div>
  );
}
