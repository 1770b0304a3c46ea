/** A person's own data, from the first file to what can be learned from it. */

import { useEffect, useState } from 'react';
import { usePage } from '../../usePage.ts';
import { Asking } from './Asking.tsx';
import { Camera } from './Camera.tsx';
import { Empty } from './Empty.tsx';
import './OwnPlace.css';
import { Reading } from './Reading.tsx';
import { Refused } from './Refused.tsx';
import { Review } from './Review.tsx';
import { useDropped } from './useDropped.ts';

function Content() {
  const own = usePage((page) => page.own);
  switch (own.kind) {
    case 'looking':
      return <p role="status">Looking what is kept in this browser …</p>;
    case 'empty':
      return <Empty />;
    case 'reading':
      return <Reading progress={own.progress} data={own.data} />;
    case 'asked':
      return <Asking images={own.images} />;
    case 'refused':
      return <Refused refusal={own.refusal} />;
    case 'kept':
      return <Review kept={own.kept} again={own.again} onward={own.onward} />;
  }
}

export function OwnPlace() {
  const lookAtOwn = usePage((page) => page.lookAtOwn);
  const setPlace = usePage((page) => page.setPlace);
  const filming = usePage((page) => page.filming);
  const [isOver, setOver] = useState(false);
  useEffect(lookAtOwn, [lookAtOwn]);
  useDropped(setOver);
  return (
    <div className={`own-place ${isOver ? 'over' : ''}`}>
      <header className="top-bar">
        <h1>sparkmesh</h1>
        <p>your data</p>
        <p className="meeting quiet">Kept in this browser alone</p>
        <button type="button" className="link" onClick={() => setPlace('entrance')}>
          Back
        </button>
      </header>
      <main>
        {filming && <Camera />}
        <Content />
      </main>
    </div>
  );
}
