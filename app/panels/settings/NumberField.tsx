/** A whole number. */

import type { ReactNode } from 'react';
import type { settingsSchema } from '../../../src/settings/settings.ts';
import { formatNumber } from '../../format.ts';
import { EntryField } from './EntryField.tsx';
import { wholeNumber } from './wholeNumber.ts';

interface NumberFieldProps {
  readonly label: ReactNode;
  readonly value: number;
  /** A whole number between two bounds, as the schema of the settings has it. */
  readonly schema: typeof settingsSchema.entries.samples;
  readonly onChange: (value: number) => void;
  /** What stands beside the number. */
  readonly children?: ReactNode;
}

export function NumberField({ schema, ...field }: NumberFieldProps) {
  const [, , { requirement: least }, { requirement: most }] = schema.pipe;
  const read = (text: string) => {
    const number = wholeNumber(text);
    return number >= least && number <= most ? number : null;
  };
  const remedy = `Use a whole number from ${formatNumber(least)} to ${formatNumber(most)}.`;
  return <EntryField write={String} read={read} remedy={remedy} {...field} />;
}
