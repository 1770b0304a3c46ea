/** Which of the two models is looked at. */

import { Choice } from '../settings/Choice.tsx';

export type Whose = 'averaged' | 'own';

const names = { averaged: 'the averaged one', own: 'my own' } as const;

export function WhoseModel({ whose, onChange }: { whose: Whose; onChange: (whose: Whose) => void }) {
  return <Choice label="Model" values={['averaged', 'own']} names={names} value={whose} onChange={onChange} />;
}
