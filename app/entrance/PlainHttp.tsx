/** What a visitor of a page that came by plain http should know before joining. */

import { usePage } from '../usePage.ts';

export function PlainHttp() {
  const secure = usePage(({ address }) => address.secure);
  if (secure) return null;
  return (
    <p className="small door" role="note">
      This page came by plain http, so the browser withholds WebGPU, threads and the clipboard: it will train on WebAssembly, more slowly,
      and closed rooms cannot be entered. Open it by https for all of it.
    </p>
  );
}
