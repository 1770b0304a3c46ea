/** The first visit: what this is, who is here, and two ways on. */

import { useEffect } from 'react';
import type { Address } from '../address.ts';
import { disclosure } from '../../src/settings/disclosure.ts';
import { defaultSettings } from '../../src/settings/settings.ts';
import { formatCount } from '../format.ts';
import { describeSettings } from '../panels/settings/describe.ts';
import { usePage } from '../usePage.ts';
import { GoOn } from './GoOn.tsx';
import { NoServer } from './NoServer.tsx';
import { PlainHttp } from './PlainHttp.tsx';
import { PresencePicture } from './PresencePicture.tsx';
import { RoomKind } from './RoomKind.tsx';
import './Welcome.css';

function presence(present: number | null, { room, pair }: Address): string {
  if (pair?.offer === null) return 'The next page shows a link for the other device.';
  if (pair) return 'The next page shows an answer to bring back to the device that invites you.';
  if (present === null) return `Looking who is in room ${room} …`;
  if (present === 0) return `Nobody is in room ${room} yet. You would be the first.`;
  return `${formatCount(present, 'client')} ${present === 1 ? 'is' : 'are'} in room ${room} now.`;
}

export function Welcome() {
  const address = usePage((page) => page.address);
  const { own: isOwn } = address;
  const present = usePage((page) => page.present);
  const watch = usePage((page) => page.watch);
  const join = usePage((page) => page.join);
  const setPlace = usePage((page) => page.setPlace);
  useEffect(() => watch(), [watch]);
  const canGoOn = usePage(({ earlier }) => earlier !== null);
  const settings = defaultSettings();
  return (
    <main className="welcome">
      <div>
        <h1>sparkmesh</h1>
        <p className="lead">
          {isOwn
            ? 'You are invited to teach a model together: each brings data of their own, which stay with them, and browser tabs learn from all of it, with no server in between.'
            : 'Browser tabs learn to recognise pictures together: each trains on its own few images and talks only to its neighbours, with no server in between.'}
        </p>
        <GoOn />
        <p className="welcome-join">
          <button type="button" className={canGoOn ? 'action' : 'action first'} onClick={join}>
            {isOwn ? 'See what it learns' : 'Try it with clothes'}
          </button>
          {!isOwn && (
            <button type="button" className="action" onClick={() => setPlace('own')}>
              Teach it something of yours
            </button>
          )}
          <button type="button" className="link" onClick={() => setPlace('model')}>
            Use a saved model
          </button>
          <span role="status" data-testid="present">
            {presence(present, address)}
          </span>
        </p>
        <NoServer />
        <RoomKind />
        <PlainHttp />
        <dl className="small print">
          {!isOwn && (
            <>
              <dt>What runs</dt>
              <dd>With clothes, unless someone changes it: {describeSettings(settings)}.</dd>
            </>
          )}
          <dt>What others can see</dt>
          <dd>
            {isOwn
              ? 'What you give is kept in this browser, and nothing of it is offered before you have seen what the room learns and said so. '
              : `The clothes come from the server of this page; what you give of your own is kept in this browser. ${disclosure(settings)} `}
            Tabs connect directly, so others can learn your network address.
          </dd>
        </dl>
      </div>
      <PresencePicture present={present ?? 0} />
    </main>
  );
}
