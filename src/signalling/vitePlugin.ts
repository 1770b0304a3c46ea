/** Signalling on the port of Vite's own servers. */

import type { Plugin } from 'vite';
import { attachSignalling } from './server.ts';

/** Vite's dev and preview servers answer signalling too: one port, one command. */
export function signalling(): Plugin {
  return {
    name: 'sparkmesh:signalling',
    configureServer({ httpServer }) {
      if (httpServer) attachSignalling(httpServer);
    },
    configurePreviewServer({ httpServer }) {
      attachSignalling(httpServer);
    },
  };
}
