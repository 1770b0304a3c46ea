/** Ways to give more of what fits the room's task, or other in place of what does not. */

import type { OwnData } from '../../../src/own/ownData.ts';
import type { Task } from '../../../src/settings/task.ts';
import { GiveButtons } from '../own/GiveButtons.tsx';
import { useFit } from './useFit.ts';

export function MoreButtons({ data, task }: { data: OwnData; task: Task }) {
  const { isOfForm } = useFit(data, task);
  const isMore = isOfForm && data.kind === 'images' && data.from === 'files';
  return <GiveButtons given={isMore ? 'more' : 'other'} folders={task.kind === 'images'} />;
}
