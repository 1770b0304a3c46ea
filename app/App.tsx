/** The page of one tab: at the entrance or a door, with a person's own data or a saved model, on its way in, or in the room. */

import { lazy, Suspense } from 'react';
import { Joining } from './entrance/Joining.tsx';
import { Welcome } from './entrance/Welcome.tsx';
import { OwnPlace } from './panels/own/OwnPlace.tsx';
import { Room } from './Room.tsx';
import { usePage } from './usePage.ts';

/** Loaded where there is one. */
const DoorPlace = lazy(() => import('./entrance/DoorPlace.tsx'));

/** Loaded when somebody has one. */
const ModelPlace = lazy(() => import('./panels/model/ModelPlace.tsx'));

export function App() {
  const isAtDoor = usePage(({ address }) => address.door !== null);
  switch (usePage(({ place }) => place)) {
    case 'entrance':
      return isAtDoor ? (
        <Suspense>
          <DoorPlace />
        </Suspense>
      ) : (
        <Welcome />
      );
    case 'own':
      return <OwnPlace />;
    case 'model':
      return (
        <Suspense>
          <ModelPlace />
        </Suspense>
      );
    case 'joining':
      return <Joining />;
    case 'room':
      return <Room />;
  }
}
