/** A term of the field, explained in one sentence of the glossary, and what there is to add to it. */

import type { ReactNode } from 'react';
import { glossary, type GlossaryTerm } from '../glossary.ts';
import { Note } from './Note.tsx';

export function Term({ of, more = '', children }: { of: GlossaryTerm; more?: string; children: ReactNode }) {
  return <Note note={`${glossary[of]}${more}`}>{children}</Note>;
}
