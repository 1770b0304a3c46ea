/** Where this page's tabs meet: its signalling server, and the servers that WebRTC may ask. */

import { signallingUrl } from '../signalling/client.ts';
import { parseIceServers } from '../signalling/iceServers.ts';

/** The signalling server: `?signal=` in the address, VITE_SIGNAL_URL at build time, else the page's own host. */
export function findSignalling(): string {
  return new URLSearchParams(location.search).get('signal') ?? import.meta.env['VITE_SIGNAL_URL'] ?? signallingUrl(location.href);
}

/** STUN and TURN servers as JSON in VITE_ICE_SERVERS at build time; none means this network only. */
export const iceServers = parseIceServers(import.meta.env['VITE_ICE_SERVERS'] || '[]', 'VITE_ICE_SERVERS');
