/** What a visitor of a page without a meeting point should know before joining. */

import { usePage } from '../usePage.ts';

export const noServer = 'No meeting point here: tabs of this browser find each other.';

export function NoServer() {
  const isLocal = usePage(({ signalling }) => signalling === 'local');
  if (!isLocal) return null;
  return (
    <p className="small door" role="note">
      {noServer}
    </p>
  );
}
