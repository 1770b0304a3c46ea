/** What this tab has brought of its own, with some of its pictures. */

import type { ShareView } from '../../../src/client/view.ts';
import type { OwnImages } from '../../../src/own/ownData.ts';
import type { Task } from '../../../src/settings/task.ts';
import { formatCount, formatNumber } from '../../format.ts';
import { Picture } from '../../ui/Picture.tsx';
import { usePage, useView } from '../../usePage.ts';
import { rowNoun } from '../bring/people.ts';
import { useFit } from '../bring/useFit.ts';
import './OwnHolding.css';

/** Pictures that are shown. */
const MOST_SHOWN = 12;

export function OwnHolding({ share, task }: { share: ShareView | null; task: Task }) {
  const heldOut = useView((view) => view.scoredOn);
  const isRunning = useView(({ status }) => status.kind === 'running' || status.kind === 'paused');
  const data = usePage(({ own }) => (own.kind === 'kept' ? own.kept.data : null));
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
      {share && data?.kind === 'images' && <OwnPictures data={data} task={task} />}
    </>
  );
}

function OwnPictures({ data, task }: { data: OwnImages; task: Task }) {
  const { classes } = useFit(data, task);
  const brought = new Set(classes.flatMap(({ name, taken }) => (taken === null ? [] : [name])));
  const pictures = data.previews.filter(({ label }) => brought.has(label));
  if (pictures.length === 0) return null;
  // Some of each class.
  const step = Math.max(1, Math.ceil(pictures.length / MOST_SHOWN));
  const shown = pictures.filter((_, k) => k % step === 0);
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
