/** The link that brings others to this room: to copy, and as a QR code for their cameras where other devices can follow it. */

import { lazy, Suspense, useId, useState } from 'react';
import { opensHereOnly } from '../address.ts';
import { CopyButton } from './CopyButton.tsx';
import './Invitation.css';

/** Loaded when somebody wants to see one. */
const QrCode = lazy(() => import('./QrCode.tsx'));

export function Invitation({ link, forCameras }: { link: string; forCameras: boolean }) {
  const id = useId();
  const [isShown, setShown] = useState(false);
  return (
    <div className="invitation">
      <span className="url">{link}</span>
      <CopyButton text={link}>Copy link</CopyButton>
      {forCameras && (
        <button type="button" className="link" popoverTarget={id}>
          QR code
        </button>
      )}
      <div popover="auto" id={id} className="invitation-code" onToggle={({ newState }) => setShown(newState === 'open')}>
        {isShown && (
          <Suspense>
            <QrCode link={link} />
          </Suspense>
        )}
        <p className="small">
          {opensHereOnly(link)
            ? 'This address opens on this computer only; started with npm start -- --lan, the page has one for other devices.'
            : 'Another device opens the room with its camera.'}
        </p>
      </div>
    </div>
  );
}
