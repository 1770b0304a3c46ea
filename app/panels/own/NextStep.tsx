/** What can be done with what was read: have a room learn it. */

import type { OwnData } from '../../../src/own/ownData.ts';
import { usePage } from '../../usePage.ts';

export function NextStep({ data: { kind, reading } }: { data: OwnData }) {
  const openRoom = usePage((page) => page.openRoom);
  const bringing = usePage((page) => page.bringing);
  const inRoom = usePage(({ place }) => place === 'room');
  const those = kind === 'images' ? 'pictures' : 'rows';
  const isOne = reading.classes.length < 2;
  return (
    <section className="next-step" aria-labelledby="next-title">
      <h3 id="next-title">What now</h3>
      <p>
        {isOne
          ? `All of these ${those} are of one class; learning needs another to tell it from.`
          : `${inRoom ? 'This room' : 'A room'} learns to tell these ${formatClasses(reading.classes.length)} apart: invite others, and each brings ${those} of their own. None of them leaves anyone’s browser.`}
      </p>
      <p>
        <button type="button" className="action first" disabled={isOne || bringing.kind === 'taking'} onClick={openRoom}>
          {inRoom ? 'Let this room learn this' : 'Open a room that learns this'}
        </button>
      </p>
      {bringing.kind === 'choosing' && bringing.why !== null && <p role="alert">{bringing.why}</p>}
    </section>
  );
}

const formatClasses = (classes: number) => (classes === 2 ? 'two' : `${classes} classes`);
