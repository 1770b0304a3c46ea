/** What this tab has brought of its own, with some of its pictures. */

import type { ShareView } from '../../../src/client/view.ts';
import type { Task } from '../../../src/settings/task.ts';
import { formatCount, formatNumber } from '../../format.ts';
import { Picture } from '../../ui/Picture.tsx';
import { usePage, useView } from '../../usePage.ts';
import { rowNoun } from '../bring/people.ts';
import './OwnHolding.css';

/** Pictures that are shown. */
const MOST_SHOWN = 12;

export function OwnHolding({ share, task }: { share: ShareView | null; task: Task }) {
  const heldOut = useView((view) => view.scoredOn);
  const isRunning = useView(({ status }) => status.kind === 'running' || status.kind === 'paused');
  const chooseAgain = usePage((page) => page.chooseAgain);
  return (
    <>
      <p className="quiet">
        {share
          ? `${formatCount(share.samples, rowNoun(task))} of my own to learn from` +
            (heldOut === null ? '' : `, and ${formatNumber(heldOut)} set aside to score on`)
          : 'My own data are on their way.'}
        {share && !isRunning && (
          <>
            {'. '}
            <button type="button" className="link" onClick={chooseAgain}>
              Bring others
            </button>
          </>
        )}
      </p>
      {share && <OwnPictures />}
    </>
  );
}

function OwnPictures() {
  const own = usePage((page) => page.own);
  const data = own.kind === 'kept' ? own.kept.data : null;
  if (data?.kind !== 'images' || data.previews.length === 0) return null;
  // Some of each class.
  const step = Math.max(1, Math.ceil(data.previews.length / MOST_SHOWN));
  const shown = data.previews.filter((_, k) => k % step === 0).slice(0, MOST_SHOWN);
  return (
    <ul className="own-holding" aria-label="Some of my images">
      {shown.map(({ label, values }, k) => (
        <li key={k}>
          <Picture values={values} form={data.form} name={label} />
        </li>
      ))}
    </ul>
  );
}
