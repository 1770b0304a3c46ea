/** The link that brings others to this room: to copy, and as a QR code for their cameras where other devices can follow it. */

import { lazy, Suspense, useId, useState } from 'react';
import { opensHereOnly } from '../address.ts';
import './Invitation.css';

/** Loaded when somebody wants to see one. */
const QrCode = lazy(() => import('./QrCode.tsx'));

export function Invitation({ link, forCameras }: { link: string; forCameras: boolean }) {
  const id = useId();
  const [outcome, setOutcome] = useState<'copied' | 'refused' | null>(null);
  const [isShown, setShown] = useState(false);
  const copy = async () => {
    try {
      // Pages that came by plain http have no clipboard.
      await navigator.clipboard.writeText(link);
      setOutcome('copied');
    } catch {
      setOutcome('refused');
    }
  };
  return (
    <div className="invitation">
      <span className="url">{link}</span>
      <button type="button" className="link" onClick={() => void copy()}>
        Copy link
      </button>
      {forCameras && (
        <button type="button" className="link" popoverTarget={id}>
          QR code
        </button>
      )}
      <span role="status" className="quiet">
        {outcome === 'copied' && 'Copied'}
        {outcome === 'refused' && 'The browser refused; select the link to copy it.'}
      </span>
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
