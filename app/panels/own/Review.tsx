/** What was read, before anything is learned from it: classes and counts, columns, what was left out, what is for testing. */

import { testRows } from '../../../src/data/split.ts';
import { TEST_FRACTION, type KeptData, type OwnData } from '../../../src/own/ownData.ts';
import { FitNote } from '../bring/FitNote.tsx';
import { Matches } from '../bring/Matches.tsx';
import { MoreButtons } from '../bring/MoreButtons.tsx';
import { TakePart } from '../bring/TakePart.tsx';
import { formatCount, formatNumber, formatWholePercent } from '../../format.ts';
import { usePage } from '../../usePage.ts';
import { CameraButton } from './CameraButton.tsx';
import { DrawingButton } from './DrawingButton.tsx';
import { ClassTable } from './ClassTable.tsx';
import { GiveButtons } from './GiveButtons.tsx';
import { ImageFormFields } from './ImageFormFields.tsx';
import { LeftOutNotes } from './LeftOutNotes.tsx';
import { NextStep } from './NextStep.tsx';
import { TableForm } from './TableForm.tsx';

function shapeOf(data: OwnData): string {
  if (data.kind === 'table') return `${data.name}, ${formatCount(data.reading.columns.length, 'column')} to learn from`;
  const { size, channels } = data.form;
  return `${size.width} × ${size.height} pixels in ${channels === 3 ? 'colour' : 'grey'}`;
}

const delimiterNames: Readonly<Record<string, string>> = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'bars' };

/** How the file was written, and what else is worth knowing. */
function Notes({ data }: { data: OwnData }) {
  const { dialect, notes } = data.reading;
  return (
    <>
      {dialect && (
        <p className="small quiet">
          Text in {dialect.encoding}, separated by {delimiterNames[dialect.delimiter] ?? dialect.delimiter}, with a decimal{' '}
          {dialect.decimal === ',' ? 'comma' : 'point'}.
        </p>
      )}
      {notes.map((note) => (
        <p key={note} className="small quiet">
          {note}
        </p>
      ))}
    </>
  );
}

function Testing({ data }: { data: OwnData }) {
  const { classes } = data.reading;
  const taken = classes.reduce((sum, { rows }) => sum + testRows(rows, TEST_FRACTION), 0);
  return (
    <section>
      <h3>Set aside for testing</h3>
      <p>
        {formatCount(taken, data.kind === 'images' ? 'picture' : 'row')}, {formatWholePercent(TEST_FRACTION)} of each class drawn at random:
        nothing learns from them, and they show how well it works.
      </p>
    </section>
  );
}

interface ReviewProps {
  readonly kept: KeptData;
  readonly again: boolean;
  readonly onward: boolean;
}

export function Review({ kept: { data, stoppedAt }, again, onward }: ReviewProps) {
  const forgetOwn = usePage((page) => page.forgetOwn);
  const readOn = usePage((page) => page.readOn);
  const task = usePage((page) => page.task);
  const { reading } = data;
  const isOfFiles = data.kind === 'images' && data.from === 'files';
  return (
    <>
      <div className="own-bar">
        <h2>
          {formatCount(reading.rows, data.kind === 'images' ? 'picture' : 'row')} of {formatCount(reading.classes.length, 'class')}
        </h2>
        <p className="own-facts">{task && data.kind === 'table' ? data.name : shapeOf(data)}</p>
        <p className="own-actions">
          {task && <TakePart data={data} task={task} />}
          {task ? <MoreButtons data={data} task={task} /> : isOfFiles && <GiveButtons given="more" />}
          {isOfFiles && task?.kind !== 'table' && <CameraButton />}
          {isOfFiles && task?.kind !== 'table' && <DrawingButton />}
          <button type="button" className="action" onClick={forgetOwn}>
            Start over
          </button>
        </p>
      </div>
      {task && <FitNote data={data} task={task} />}
      {stoppedAt && (
        <p className="own-stopped" role="status">
          Reading stopped at {formatNumber(stoppedAt.done)} of {formatCount(stoppedAt.total, 'picture')}; those are kept.{' '}
          {onward ? (
            <button type="button" className="link" onClick={readOn}>
              Read the others
            </button>
          ) : (
            'Give the same folder again to read the others.'
          )}
        </p>
      )}
      <div className="own-columns">
        <section aria-labelledby="own-classes-title">
          <h3 id="own-classes-title" className="unseen">
            Classes
          </h3>
          {task?.kind === data.kind && <Matches data={data} task={task} />}
          <ClassTable data={data} />
          {!task && data.kind === 'table' && data.form && <TableForm titles={data.titles} columns={reading.columns} asksEncoding={false} />}
        </section>
        <aside aria-label="What becomes of it">
          {!task && <NextStep data={data} />}
          <Testing data={data} />
          <LeftOutNotes leftOut={task ? reading.leftOut.filter(({ what }) => what !== 'column') : reading.leftOut} />
          <section>
            <h3>How it was read</h3>
            {isOfFiles && !task && <ImageFormFields again={again} />}
            {isOfFiles && task && <p className="small quiet">As this room has them.</p>}
            {data.kind === 'images' && data.from === 'idx' && <p className="small quiet">As the IDX file has them.</p>}
            <Notes data={data} />
          </section>
        </aside>
      </div>
    </>
  );
}
