/** The page of one tab: at the entrance, with a person's own data, on its way in, or in the room. */

import { Joining } from './entrance/Joining.tsx';
import { Welcome } from './entrance/Welcome.tsx';
import { OwnPlace } from './panels/own/OwnPlace.tsx';
import { Room } from './Room.tsx';
import { usePage } from './usePage.ts';

export function App() {
  switch (usePage(({ place }) => place)) {
    case 'entrance':
      return <Welcome />;
    case 'own':
      return <OwnPlace />;
    case 'joining':
      return <Joining />;
    case 'room':
      return <Room />;
  }
}
