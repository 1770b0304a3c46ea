/** A client's number in its colour, as everywhere on the page. */

import { clientColour } from '../colours.ts';
import './ClientMark.css';

export function ClientMark({ client, self }: { client: number; self: number }) {
  const colour = clientColour(client, self);
  return (
    <span className="client-mark" style={{ background: `var(${colour})`, color: `var(${colour}-ink)` }}>
      {client}
    </span>
  );
}
