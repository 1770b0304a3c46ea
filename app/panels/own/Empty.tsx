/** Where nothing has been given yet: what can be, and how. */

import { inWords } from '../../../src/data/names.ts';
import type { Task } from '../../../src/settings/task.ts';
import { usePage } from '../../usePage.ts';
import { CameraButton } from './CameraButton.tsx';
import { DrawingButton } from './DrawingButton.tsx';
import './Empty.css';
import { GiveButtons } from './GiveButtons.tsx';

/** The kinds of data that can be given; a room's task says which, and what of. */
function Kinds({ task }: { task: Task | null }) {
  return (
    <dl className="own-kinds">
      {task?.kind !== 'table' && (
        <div>
          <dt>Pictures</dt>
          <dd>
            A folder with one folder for each thing to tell apart,{' '}
            {task ? (
              inWords(task.classNames)
            ) : (
              <>
                such as <em>cats</em> and <em>dogs</em>
              </>
            )}
            , with a few dozen pictures in each: PNG, JPEG, WebP, GIF or AVIF.{task && ' You need not have all of them.'}
          </dd>
        </div>
      )}
      {task?.kind !== 'images' && (
        <div>
          <dt>A table</dt>
          <dd>
            {task?.kind === 'table' && task.names
              ? `A CSV file, a row an example, with the columns ${inWords(task.columns.map(({ name }) => name))}, in any order, and ${task.label}, which says what it is.`
              : 'A CSV file from any spreadsheet, a row an example: numbers, words and empty cells, and one column that says what it is.'}
          </dd>
        </div>
      )}
      <div>
        <dt>IDX files</dt>
        <dd>Images and their labels as MNIST’s relatives come, packed by gzip or not: give both files at once.</dd>
      </div>
      <div>
        <dt>Where it stays</dt>
        <dd>
          Your files are read in this tab and kept in this browser.{' '}
          {task ? 'Above is what others see of them.' : 'None is sent to anyone, now or later.'}
        </dd>
      </div>
    </dl>
  );
}

export function Empty() {
  const task = usePage((page) => page.task);
  return (
    <div className="own-empty">
      <h2>{task ? 'Bring data of yours' : 'Teach it something of yours'}</h2>
      <section className="drop" aria-label="Give data">
        <p className="drop-lead">
          Drop a {task?.kind === 'table' ? 'CSV file' : 'folder'} here
          <span className="quiet">
            {task ? '' : ', a CSV file'}
            {task?.kind !== 'table' && ', or paste a picture'}
          </span>
        </p>
        <p className="drop-ways">
          <GiveButtons given="first" folders={task?.kind !== 'table'} />
          {task?.kind !== 'table' && <CameraButton />}
          {task?.kind !== 'table' && <DrawingButton />}
        </p>
      </section>
      <Kinds task={task} />
    </div>
  );
}
