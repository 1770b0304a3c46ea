/** What the page may load and run: its own files, and connections to signalling servers. No other host is asked for anything. */

import type { Plugin } from 'vite';

const policy = [
  "default-src 'none'",
  // WebAssembly is compiled; its threads start from blobs that tfjs makes of its own text. Nothing evaluates text as script.
  "script-src 'self' blob: 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  // A signalling server may be anywhere (VITE_SIGNAL_URL, ?signal=).
  "connect-src 'self' ws: wss:",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** What no page can say of itself. */
const headers = {
  'Content-Security-Policy': `${policy}; frame-ancestors 'none'`,
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** Writes the policy into built pages, for hosts that send no headers, and has the preview server send it with everything: workers too. */
export function contentPolicy(): Plugin {
  return {
    name: 'sparkmesh:content-policy',
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { server }) =>
        server ? [] : [{ tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: policy }, injectTo: 'head-prepend' }],
    },
    configurePreviewServer({ middlewares }) {
      middlewares.use((_request, response, next) => {
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
        next();
      });
    },
  };
}
