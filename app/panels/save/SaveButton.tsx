/** Opens the list of what can be saved. */

import { lazy, Suspense, useId, useState } from 'react';
import './SaveButton.css';

/** Loaded when somebody wants to save something. */
const SaveMenu = lazy(() => import('./SaveMenu.tsx'));

export function SaveButton() {
  const id = useId();
  const [isShown, setShown] = useState(false);
  return (
    <>
      <button type="button" className="link small" popoverTarget={id}>
        Save
      </button>
      <div
        popover="auto"
        id={id}
        role="dialog"
        aria-label="Save"
        className="save-list"
        onToggle={({ newState }) => setShown(newState === 'open')}
      >
        {isShown && (
          <Suspense>
            <SaveMenu />
          </Suspense>
        )}
      </div>
    </>
  );
}
