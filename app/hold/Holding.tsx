import { useState } from 'react';
import type { BackendView, ShareView } from '../../src/client/view.ts';
import type { PartitionRule, Settings } from '../../src/settings/settings.ts';
import { formatCount } from '../format.ts';
import { datasetNames, describePartition } from '../settings/describe.ts';
import '../styles/hold.css';
import { Term } from '../ui/Term.tsx';
import { BackendNote } from './BackendNote.tsx';
import { Histogram } from './Histogram.tsx';
import { Thumbnail } from './Thumbnail.tsx';

interface HoldingProps {
  readonly share: ShareView | null;
  readonly backend: BackendView | null;
  readonly settings: Settings;
}

/** This client's own data and device. While a new share is being prepared the last one stays in sight. */
export function Holding({ share: latest, backend, settings }: HoldingProps) {
  const [share, setShare] = useState(latest);
  if (latest && latest !== share) setShare(latest);
  return (
    <section aria-labelledby="holding-title">
      <h2 id="holding-title">What I hold</h2>
      <p className="quiet">
        {share ? (
          <>
            {formatCount(share.samples, 'image')} of {datasetNames[settings.dataset]},{' '}
            <Partition partition={settings.partition} />
          </>
        ) : (
          'My images are on their way.'
        )}
      </p>
      {share && (
        <>
          <ul className="thumbnails" aria-label="Some of my images">
            {share.previews.map(({ label, pixels }, k) => (
              <li key={k}>
                <Thumbnail
                  pixels={pixels}
                  width={share.width}
                  height={share.height}
                  name={share.classNames[label] ?? `class ${label}`}
                />
              </li>
            ))}
          </ul>
          <Histogram counts={share.histogram} names={share.classNames} />
        </>
      )}
      {backend && <BackendNote backend={backend} />}
    </section>
  );
}

function Partition({ partition }: { partition: PartitionRule }) {
  const words = describePartition(partition);
  return partition.kind === 'dirichlet' ? <Term of="unevenness">{words}</Term> : words;
}
