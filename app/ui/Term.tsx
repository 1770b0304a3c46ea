/** A term of the field, explained in one sentence of the glossary. */

import type { ReactNode } from 'react';
import { glossary, type GlossaryTerm } from '../glossary.ts';
import { Note } from './Note.tsx';

export function Term({ of, children }: { of: GlossaryTerm; children: ReactNode }) {
  return <Note note={glossary[of]}>{children}</Note>;
}
