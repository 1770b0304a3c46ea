/** Outside of a closed room: who comes says who they are, and waits for whoever keeps the door. */

import { useState } from 'react';
import { MAX_NAME } from '../../src/door/doorMessages.ts';
import type { Knocking } from '../doorSlice.ts';
import { usePage } from '../usePage.ts';
import { PresencePicture } from './PresencePicture.tsx';
import './DoorPlace.css';
import './Welcome.css';

/** What becomes of asking, in a sentence, and whether that is all. */
function answerTo(knocking: Exclude<Knocking, { kind: 'naming' }>): readonly [said: string, isOver: boolean] {
  switch (knocking.kind) {
    case 'looking':
      return ['Looking for whoever keeps the door; their page has to be open. Leave this one open, too …', false];
    case 'waiting':
      return [`They see that ${knocking.name} asks to come in. This page goes on by itself when they open …`, false];
    case 'turnedAway':
      return ['They have not let you in. Ask whoever invited you, and then once more here.', true];
    case 'failed':
      return [knocking.why, true];
  }
}

function Asked({ knocking }: { knocking: Exclude<Knocking, { kind: 'naming' }> }) {
  const stopKnocking = usePage((page) => page.stopKnocking);
  const [said, isOver] = answerTo(knocking);
  return (
    <>
      <p className="lead" role={isOver ? 'alert' : 'status'}>
        {said}
      </p>
      <p className="welcome-join">
        <button type="button" className="action" onClick={stopKnocking}>
          {isOver ? 'Ask again' : 'Cancel'}
        </button>
      </p>
    </>
  );
}

export default function DoorPlace() {
  const room = usePage(({ address }) => address.room);
  const knocking = usePage((page) => page.knocking);
  const knock = usePage((page) => page.knock);
  const [text, setText] = useState('');
  const name = text.trim();
  return (
    <main className="welcome">
      <div>
        <h1>The door of room {room}</h1>
        {knocking.kind !== 'naming' ? (
          <Asked knocking={knocking} />
        ) : (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (name !== '') knock(name);
            }}
          >
            <p className="lead">In there browser tabs teach a model together. Whoever opened the room lets people in by their names.</p>
            <p className="door-name">
              <label>
                <span>Your name</span>
                <input type="text" autoComplete="name" maxLength={MAX_NAME} value={text} onChange={({ target }) => setText(target.value)} />
              </label>
              <button type="submit" className="action first" disabled={name === ''}>
                Ask to be let in
              </button>
            </p>
          </form>
        )}
        <dl className="small print">
          <dt>What others can see</dt>
          <dd>
            Who keeps the door sees the name that you give, and can learn your network address. Nobody else does: the meeting point cannot
            read what you say to each other.
          </dd>
        </dl>
      </div>
      <PresencePicture present={0} />
    </main>
  );
}
