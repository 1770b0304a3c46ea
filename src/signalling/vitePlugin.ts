/** Signalling on the port of Vite's own servers. */

import type { Plugin } from 'vite';
import { iceSource, type IceSource } from './iceConfiguration.ts';
import { attachSignalling } from './server.ts';

/**
 * Vite's dev and preview servers answer signalling too: one port, one command. Pages of the hosts that they allow may use it, and
 * members are told of the ICE servers that the environment names, which is checked before anything is served.
 */
export function signalling(): Plugin {
  let ice: IceSource | null = null;
  const hosts = (allowed: true | string[]) => (allowed === true ? [] : allowed);
  return {
    name: 'sparkmesh:signalling',
    configResolved({ command }) {
      if (command === 'serve') ice = iceSource(process.env);
    },
    configureServer({ httpServer, config }) {
      if (httpServer) attachSignalling(httpServer, { hosts: hosts(config.server.allowedHosts), ice });
    },
    configurePreviewServer({ httpServer, config }) {
      attachSignalling(httpServer, { hosts: hosts(config.preview.allowedHosts), ice });
    },
  };
}
