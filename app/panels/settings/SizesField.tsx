/** Sizes of layers, in order, with commas between them; empty for none. */

import type { ReactNode } from 'react';
import type { settingsSchema } from '../../../src/settings/settings.ts';
import { formatNumber } from '../../format.ts';
import { EntryField } from './EntryField.tsx';
import { wholeNumber } from './wholeNumber.ts';

interface SizesFieldProps {
  readonly label: ReactNode;
  readonly value: readonly number[];
  /** At most so many whole numbers between two bounds, as the schema of the settings has it. */
  readonly schema: typeof settingsSchema.entries.hidden | typeof settingsSchema.entries.convolutions;
  readonly onChange: (value: number[]) => void;
}

const write = (sizes: readonly number[]) => sizes.join(', ');

export function SizesField({ schema, onChange, ...field }: SizesFieldProps) {
  const [{ item }, { requirement: longest }] = schema.pipe;
  const [, , { requirement: least }, { requirement: most }] = item.pipe;
  const read = (text: string) => {
    const sizes = text.trim() === '' ? [] : text.split(',').map(wholeNumber);
    return sizes.length <= longest && sizes.every((size) => size >= least && size <= most) ? sizes : null;
  };
  const remedy = `Use up to ${longest} whole numbers from ${least} to ${formatNumber(most)} with commas between them, or leave it empty.`;
  return (
    <EntryField<readonly number[]>
      write={write}
      read={read}
      remedy={remedy}
      placeholder="none"
      onChange={(sizes) => onChange([...sizes])}
      {...field}
    />
  );
}
