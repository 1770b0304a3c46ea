/** What a server tells of its addresses: as text, and as a QR code for a phone's camera. */

import encodeQR from 'qr';
import type { PageServer } from '../runner/pageServer.ts';

/** White on black, as the code's characters take for granted; a terminal's own colours may be the other way round. */
const WHITE_ON_BLACK = '\u001b[97;40m';
const USUAL = '\u001b[0m';

function codeOf(url: string, isTerminal: boolean): string {
  const lines = encodeQR(url, 'ascii', { ecc: 'low' }).trimEnd().split('\n');
  return lines.map((line) => (isTerminal ? `${WHITE_ON_BLACK}${line}${USUAL}` : line)).join('\n');
}

/** @param isTerminal whether colours can be set. */
export function describeServer({ url, networkUrls, fingerprint }: Omit<PageServer, 'close'>, isTerminal: boolean): string {
  const [first, ...others] = networkUrls;
  if (first === undefined) return `sparkmesh is at ${url}\n`;
  return [
    `sparkmesh is at ${first}`,
    ...others.map((other) => `             or ${other}`),
    codeOf(first, isTerminal),
    'Each device warns once that it does not know the certificate, which was made here; go on if its SHA-256 fingerprint is',
    `${fingerprint}`,
    '',
  ].join('\n');
}
