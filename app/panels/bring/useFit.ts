/** How the data that are kept fit the room's task, with what has been accepted. */

import { useMemo } from 'react';
import { shapeOf, type OwnData } from '../../../src/own/ownData.ts';
import type { Task } from '../../../src/settings/task.ts';
import { fitOf, type Fit } from '../../../src/task/fit.ts';
import { usePage } from '../../usePage.ts';

export function useFit(data: OwnData, task: Task): Fit {
  const accepted = usePage((page) => page.accepted);
  return useMemo(() => fitOf(shapeOf(data), task, accepted), [data, task, accepted]);
}
