/** A person's own data outside of any room. */

import { usePage } from '../../usePage.ts';
import { OwnContent } from './OwnContent.tsx';

export function OwnPlace() {
  const setPlace = usePage((page) => page.setPlace);
  return (
    <OwnContent
      bar={
        <header className="top-bar">
          <h1>sparkmesh</h1>
          <p>your data</p>
          <p className="meeting quiet">Kept in this browser alone</p>
          <button type="button" className="link" onClick={() => setPlace('entrance')}>
            Back
          </button>
        </header>
      }
    />
  );
}
