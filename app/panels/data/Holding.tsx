/** This client's own data and device. While a new share is being prepared the last one stays in sight. */

import { useState } from 'react';
import type { PartitionRule } from '../../../src/settings/settings.ts';
import { formatCount } from '../../format.ts';
import { Term } from '../../ui/Term.tsx';
import { usePage, useView } from '../../usePage.ts';
import { datasetTitle, describePartition } from '../settings/describe.ts';
import { BackendNote } from './BackendNote.tsx';
import { Histogram } from './Histogram.tsx';
import { OwnHolding } from './OwnHolding.tsx';
import { Thumbnails } from './Thumbnails.tsx';

export function Holding() {
  const latest = useView((view) => view.share);
  const backend = useView((view) => view.backend);
  const dataset = useView(({ settings }) => settings.dataset);
  const partition = useView(({ settings }) => settings.partition);
  const task = usePage((page) => page.task);
  const failed = useView(({ status }) => status.kind === 'failed');
  const [share, setShare] = useState(latest);
  if (latest && latest !== share) setShare(latest);
  return (
    <section aria-labelledby="holding-title">
      <h2 id="holding-title">What I hold</h2>
      {task ? (
        <OwnHolding share={share} task={task} />
      ) : (
        <p className="quiet">
          {share ? (
            <>
              {formatCount(share.samples, share.kind === 'images' ? 'image' : 'row')} of {datasetTitle(dataset)},{' '}
              <Partition partition={partition} />
            </>
          ) : failed ? (
            'I have no samples.'
          ) : (
            'My samples are on their way.'
          )}
        </p>
      )}
      {share && (
        <>
          {share.previews.length > 0 && <Thumbnails share={share} />}
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
