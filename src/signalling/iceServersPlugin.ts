/** Vite's refusal to build or serve a page whose ICE servers could not be used. */

import type { Plugin } from 'vite';
import { parseIceServers } from './iceServers.ts';

/** Checks VITE_ICE_SERVERS, of the environment or an `.env` file, before anything is built or served. */
export function iceServers(): Plugin {
  return {
    name: 'sparkmesh:ice-servers',
    configResolved({ env }) {
      parseIceServers(env['VITE_ICE_SERVERS'] || '[]', 'VITE_ICE_SERVERS');
    },
  };
}
