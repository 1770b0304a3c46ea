/** What can be done with what was read. */

import type { OwnData } from '../../../src/own/ownData.ts';

export function NextStep({ data: { kind, reading } }: { data: OwnData }) {
  const those = kind === 'images' ? 'pictures' : 'rows';
  return (
    <section aria-labelledby="next-title">
      <h3 id="next-title">What now</h3>
      <p>
        {reading.classes.length < 2
          ? `All of these ${those} are of one class; learning needs another to tell it from. `
          : `These ${those} are checked and ready, and here when you come back. `}
        The page cannot open a room that learns from them yet; <code>npm run prepare-data</code> packs the same files for a server of your
        own.
      </p>
    </section>
  );
}
