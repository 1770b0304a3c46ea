/** Asks of what class images in no folder are. */

import { useId, useState } from 'react';
import { MAX_CLASS_NAME } from '../../../src/data/dataset.ts';
import { formatCount } from '../../format.ts';
import { usePage } from '../../usePage.ts';
import './Asking.css';

export function Asking({ images }: { images: number }) {
  const sayClass = usePage((page) => page.sayClass);
  const endReading = usePage((page) => page.endReading);
  const [label, setLabel] = useState('');
  const id = useId();
  return (
    <form
      className="asking"
      onSubmit={(event) => {
        event.preventDefault();
        if (label.trim() !== '') sayClass(label);
      }}
    >
      <h2>What {images === 1 ? 'does this picture' : `do these ${formatCount(images, 'picture')}`} show?</h2>
      <p className="quiet">They lie in no folder, so nothing says their class. All of them get the one that you name.</p>
      <p className="answer">
        <label htmlFor={id}>Class</label>
        <input id={id} value={label} maxLength={MAX_CLASS_NAME} autoComplete="off" onChange={(event) => setLabel(event.target.value)} />
      </p>
      <p className="answer">
        <button type="submit" className="action first" disabled={label.trim() === ''}>
          Read {images === 1 ? 'it' : 'them'}
        </button>
        <button type="button" className="action" onClick={endReading}>
          Leave {images === 1 ? 'it' : 'them'}
        </button>
      </p>
    </form>
  );
}
