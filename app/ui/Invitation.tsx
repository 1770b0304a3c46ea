/** The link that brings others to this room, to copy. */

import { useState } from 'react';
import './Invitation.css';

export function Invitation({ link }: { link: string }) {
  const [outcome, setOutcome] = useState<'copied' | 'refused' | null>(null);
  const copy = () => {
    navigator.clipboard.writeText(link).then(
      () => setOutcome('copied'),
      () => setOutcome('refused'),
    );
  };
  return (
    <p className="invitation">
      <span className="url">{link}</span>
      <button type="button" className="link" onClick={copy}>
        Copy link
      </button>
      <span role="status" className="quiet">
        {outcome === 'copied' && 'Copied'}
        {outcome === 'refused' && 'The browser refused; select the link to copy it.'}
      </span>
    </p>
  );
}
