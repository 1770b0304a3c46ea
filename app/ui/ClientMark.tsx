import { clientColour } from '../colours.ts';

/** A client's number in its colour, as everywhere on the page. */
export function ClientMark({ client, self }: { client: number; self: number }) {
  const colour = clientColour(client, self);
  return (
    <span className="client-mark" style={{ background: `var(${colour})`, color: `var(${colour}-ink)` }}>
      {client}
    </span>
  );
}
