import type { ReactNode } from 'react';
import type { settingsSchema } from '../../../src/settings/settings.ts';
import { EntryField, wholeNumber } from './EntryField.tsx';

interface SizesFieldProps {
  readonly label: ReactNode;
  readonly value: readonly number[];
  /** At most so many whole numbers between two bounds, as the schema of the settings has it. */
  readonly schema: typeof settingsSchema.entries.hidden | typeof settingsSchema.entries.convolutions;
  readonly onChange: (value: number[]) => void;
}

const write = (sizes: readonly number[]) => sizes.join(', ');

/** Sizes of layers, in order, with commas between them; empty for none. */
export function SizesField({ schema, onChange, ...field }: SizesFieldProps) {
  const [{ item }, { requirement: longest }] = schema.pipe;
  const [, , { requirement: least }, { requirement: most }] = item.pipe;
  const read = (text: string) => {
    const sizes = text.trim() === '' ? [] : text.split(',').map(wholeNumber);
    return sizes.length <= longest && sizes.every((size) => size >= least && size <= most) ? sizes : null;
  };
  const remedy = `Use up to ${longest} whole numbers from ${least} to ${most.toLocaleString('en')} with commas between them, or leave it empty.`;
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
