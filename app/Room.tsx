/** In a room: with what this tab learns from in hand, or asked to bring it. */

import { Bringing } from './panels/bring/Bringing.tsx';
import { Participation } from './Participation.tsx';
import { usePage } from './usePage.ts';

export function Room() {
  const isBringing = usePage(({ task, bringing, address, view }) => {
    if (task) return bringing.kind !== 'brought' || bringing.task !== task;
    return address.own && view.run === null;
  });
  return isBringing ? <Bringing /> : <Participation />;
}
