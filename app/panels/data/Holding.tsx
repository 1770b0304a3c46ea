import { memo, useState } from 'react';
import type { BackendView, ShareView } from '../../../src/client/view.ts';
import type { PartitionRule, Settings } from '../../../src/settings/settings.ts';
import { formatCount } from '../../format.ts';
import { datasetTitle, describePartition } from '../settings/describe.ts';
import './data.css';
import { Term } from '../../ui/Term.tsx';
import { BackendNote } from './BackendNote.tsx';
import { Histogram } from './Histogram.tsx';
import { Thumbnails } from './Thumbnails.tsx';

interface HoldingProps {
  readonly share: ShareView | null;
  readonly backend: BackendView | null;
  readonly settings: Settings;
}

/** This client's own data and device. While a new share is being prepared the last one stays in sight. */
export const Holding = memo(function Holding({ share: latest, backend, settings }: HoldingProps) {
  const [share, setShare] = useState(latest);
  if (latest && latest !== share) setShare(latest);
  return (
    <section aria-labelledby="holding-title">
      <h2 id="holding-title">What I hold</h2>
      <p className="quiet">
        {share ? (
          <>
            {formatCount(share.samples, share.kind === 'images' ? 'image' : 'row')} of {datasetTitle(settings.dataset)},{' '}
            <Partition partition={settings.partition} />
          </>
        ) : (
          'My samples are on their way.'
        )}
      </p>
      {share && (
        <>
          {share.previews.length > 0 && <Thumbnails share={share} />}
          <Histogram counts={share.histogram} names={share.classNames} />
        </>
      )}
      {backend && <BackendNote backend={backend} />}
    </section>
  );
});

function Partition({ partition }: { partition: PartitionRule }) {
  const words = describePartition(partition);
  return partition.kind === 'dirichlet' ? <Term of="unevenness">{words}</Term> : words;
}
