/** The first visit: what this is, who is here, one button. */

import { useEffect } from 'react';
import { disclosure } from '../../src/settings/disclosure.ts';
import { defaultSettings } from '../../src/settings/settings.ts';
import { formatCount } from '../format.ts';
import { describeSettings } from '../panels/settings/describe.ts';
import { usePage } from '../usePage.ts';
import { PresencePicture } from './PresencePicture.tsx';
import './Welcome.css';

function presence(present: number | null, room: string): string {
  if (present === null) return `Looking who is in room ${room} …`;
  if (present === 0) return `Nobody is in room ${room} yet. You would be the first.`;
  return `${formatCount(present, 'client')} ${present === 1 ? 'is' : 'are'} in room ${room} now.`;
}

export function Welcome() {
  const room = usePage(({ address }) => address.room);
  const present = usePage((page) => page.present);
  const watch = usePage((page) => page.watch);
  const join = usePage((page) => page.join);
  useEffect(() => watch(), [watch]);
  const settings = defaultSettings();
  return (
    <main className="welcome">
      <div>
        <h1>sparkmesh</h1>
        <p className="lead">
          Browser tabs learn to recognise pictures together: each trains on its own few images and talks only to its neighbours, with no
          server in between.
        </p>
        <p className="welcome-join">
          <button type="button" className="action first" onClick={join}>
            Join
          </button>
          <span role="status" data-testid="present">
            {presence(present, room)}
          </span>
        </p>
        <dl className="small print">
          <dt>What runs</dt>
          <dd>Unless someone changes it: {describeSettings(settings)}.</dd>
          <dt>What others can see</dt>
          <dd>
            The images come from the server of this page; nothing on your device is read. {disclosure(settings)} Tabs connect directly, so
            others can learn your network address.
          </dd>
        </dl>
      </div>
      <PresencePicture present={present ?? 0} />
    </main>
  );
}
