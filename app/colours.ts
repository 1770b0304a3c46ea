/** The CSS custom property that holds a colour; `ui/tokens.css` defines all of them for light and dark. */
export type ColourToken = '--me' | '--ink' | '--quiet' | `--client-${number}`;

/** How many colours other clients share, by number; beyond that they repeat, and the number tells them apart. */
const CLIENT_COLOURS = 6;

/** A client's one colour everywhere on this page: the accent for this tab's own, one of six for others. */
export function clientColour(client: number, self: number): ColourToken {
  return client === self ? '--me' : `--client-${client % CLIENT_COLOURS}`;
}
