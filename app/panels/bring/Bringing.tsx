/** In a room that learns from everyone's own data, before one's own are part of it. */

import { OwnContent } from '../own/OwnContent.tsx';
import { TopBar } from '../../TopBar.tsx';
import { RoomTask } from './RoomTask.tsx';

export function Bringing() {
  return (
    <OwnContent bar={<TopBar />}>
      <RoomTask />
    </OwnContent>
  );
}
