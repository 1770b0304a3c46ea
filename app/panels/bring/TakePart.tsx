/** Offers the data that are kept to the room. */

import type { OwnData } from '../../../src/own/ownData.ts';
import type { Task } from '../../../src/settings/task.ts';
import { formatCount } from '../../format.ts';
import { usePage } from '../../usePage.ts';
import { rowNoun } from './people.ts';
import { useFit } from './useFit.ts';

export function TakePart({ data, task }: { data: OwnData; task: Task }) {
  const { rows, problem } = useFit(data, task);
  const takePart = usePage((page) => page.takePart);
  const taking = usePage(({ bringing }) => bringing.kind === 'taking');
  return (
    <button type="button" className="action first" disabled={problem !== null || taking} onClick={takePart}>
      {problem === null ? `Take part with ${formatCount(rows, rowNoun(task))}` : 'Take part'}
    </button>
  );
}
