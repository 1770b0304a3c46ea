/** What can be done with what was read: have a room learn it. */

import { useId, useState } from 'react';
import type { OwnData } from '../../../src/own/ownData.ts';
import { formatList } from '../../format.ts';
import { usePage } from '../../usePage.ts';
import { classesByName } from './classesByName.ts';
import './NextStep.css';

/** Classes that are named in a sentence; of more only the number. */
const MOST_NAMED = 4;

function describeClasses({ reading: { classes } }: OwnData): string {
  return classes.length > MOST_NAMED ? `these ${classes.length} classes` : formatList(classesByName(classes).map(({ name }) => name));
}

/** Names in a text, apart from each other by commas. */
const namesIn = (text: string) =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

export function NextStep({ data }: { data: OwnData }) {
  const openRoom = usePage((page) => page.openRoom);
  const bringing = usePage((page) => page.bringing);
  const inRoom = usePage(({ place }) => place === 'room');
  const [others, setOthers] = useState('');
  const id = useId();
  const those = data.kind === 'images' ? 'pictures' : 'rows';
  const isOne = data.reading.classes.length < 2 && namesIn(others).length === 0;
  return (
    <form
      className="next-step"
      aria-labelledby={`${id}-title`}
      onSubmit={(event) => {
        event.preventDefault();
        openRoom(namesIn(others));
      }}
    >
      <h3 id={`${id}-title`}>What now</h3>
      <p>
        {isOne
          ? `All of these ${those} are of one class; learning needs another to tell it from.`
          : `Teach ${inRoom ? 'this room' : 'a room'} to tell ${describeClasses(data)} apart. Who you invite brings ${those} of their own; everyone’s stay in their own browser.`}
      </p>
      <p className="next-others">
        <label htmlFor={id}>Classes that only others have</label>
        <input
          id={id}
          value={others}
          autoComplete="off"
          placeholder="none, or some: foxes, owls"
          onChange={(event) => setOthers(event.target.value)}
        />
      </p>
      <p>
        <button type="submit" className="action first" disabled={isOne || bringing.kind === 'taking'}>
          {inRoom ? 'Let this room learn this' : 'Open a room that learns this'}
        </button>
      </p>
      {bringing.kind === 'choosing' && bringing.why !== null && <p role="alert">{bringing.why}</p>}
    </form>
  );
}
