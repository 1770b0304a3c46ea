/** Files being looked for and read: how far, what has come up to now, and a way to end it. */

import type { OwnData, ReadingProgress } from '../../../src/own/ownData.ts';
import { formatBytes, formatCount, formatNumber } from '../../format.ts';
import { usePage } from '../../usePage.ts';
import { ClassTable } from './ClassTable.tsx';
import './Reading.css';
import { LeftOutNotes } from './LeftOutNotes.tsx';

function described({ unit, done, total }: ReadingProgress): string {
  if (unit === 'images') return `${formatNumber(done)} of ${formatCount(total, 'picture')}`;
  return `${formatBytes(done)} of ${formatBytes(total)} gone through`;
}

/** Files being looked for. */
export function Finding({ found }: { found: number }) {
  const endReading = usePage((page) => page.endReading);
  return (
    <div className="own-bar">
      <h2>Looking through it …</h2>
      <p className="own-facts">{formatCount(found, 'file')} found</p>
      <p className="own-actions">
        <button type="button" className="action" onClick={endReading}>
          Stop
        </button>
      </p>
      <progress aria-label="Looking for files" />
    </div>
  );
}

export function Reading({ progress, data }: { progress: ReadingProgress | null; data: OwnData | null }) {
  const endReading = usePage((page) => page.endReading);
  return (
    <>
      <div className="own-bar">
        <h2>Reading …</h2>
        <p className="own-facts">{progress ? described(progress) : 'Looking what it is'}</p>
        <p className="own-actions">
          <button type="button" className="action" onClick={endReading}>
            Stop
          </button>
        </p>
        <progress
          aria-label="How much has been read"
          {...(progress && progress.total > 0 && { value: progress.done, max: progress.total })}
        />
      </div>
      {data && (
        <div className="own-columns">
          <section aria-label="What has been read">
            <ClassTable data={data} />
          </section>
          <aside>
            <LeftOutNotes leftOut={data.reading.leftOut} />
            <p className="small quiet">
              What has been read is kept: if this tab closes, give the same folder again and it goes on from here.
            </p>
          </aside>
        </div>
      )}
    </>
  );
}
