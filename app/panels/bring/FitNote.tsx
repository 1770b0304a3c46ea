/** Why the data that are kept cannot take part, in one sentence. */

import type { OwnData } from '../../../src/own/ownData.ts';
import type { Task } from '../../../src/settings/task.ts';
import { usePage } from '../../usePage.ts';
import './FitNote.css';
import { useFit } from './useFit.ts';

export function FitNote({ data, task }: { data: OwnData; task: Task }) {
  const { problem } = useFit(data, task);
  const why = usePage(({ bringing }) => (bringing.kind === 'choosing' ? bringing.why : null));
  const said = problem ?? why;
  if (said === null) return null;
  return (
    <p className="fit-note" role="alert">
      {said}
    </p>
  );
}
