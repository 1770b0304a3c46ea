/** The page of one tab: at the entrance, with a person's own data or a saved model, on its way in, or in the room. */

import { lazy, Suspense } from 'react';
import { Joining } from './entrance/Joining.tsx';
import { Welcome } from './entrance/Welcome.tsx';
import { OwnPlace } from './panels/own/OwnPlace.tsx';
import { Room } from './Room.tsx';
import { usePage } from './usePage.ts';

/** Loaded when somebody has one. */
const ModelPlace = lazy(() => import('./panels/model/ModelPlace.tsx'));

export function App() {
  switch (usePage(({ place }) => place)) {
    case 'entrance':
      return <Welcome />;
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
