/** Vite's servers on a network: whoever opens the page by the loopback gets an address that others can open too. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'vite';

const loopback = /^(?:localhost|127\.0\.0\.1|\[::1\])(?=:|$)/;

/** Sends a page asked for by a name of the loopback to the same page of `host`: invitations are made of the page's own address. */
export function atNetworkAddress(host: string): Plugin {
  const redirect = ({ url = '', headers }: IncomingMessage, response: ServerResponse, next: () => void) => {
    const asked = headers.host ?? headers[':authority'];
    if (typeof asked !== 'string' || !loopback.test(asked) || !/^\/(?:index\.html)?(?:\?|$)/.test(url)) return next();
    response.writeHead(302, { Location: `https://${asked.replace(loopback, host)}${url}` }).end();
  };
  return {
    name: 'sparkmesh:at-network-address',
    configureServer: ({ middlewares }) => void middlewares.use(redirect),
    configurePreviewServer: ({ middlewares }) => void middlewares.use(redirect),
  };
}
