/** What the room learns, who is here with what, and what others will see: before anything is offered. */

import { disclosure } from '../../../src/settings/disclosure.ts';
import { taskWidth } from '../../../src/settings/task.ts';
import { describeTask } from '../../../src/task/describe.ts';
import { usePage, useView } from '../../usePage.ts';
import { describePeople } from './people.ts';
import './RoomTask.css';

export function RoomTask() {
  const task = usePage((page) => page.task);
  const settings = useView((view) => view.settings);
  const people = useView((view) => (view.settings.task ? describePeople(view, view.settings.task) : null));
  const others = usePage((page) => page.others.length);
  const isOffered = usePage(({ bringing }) => bringing.kind === 'choosing' && bringing.offered !== null);
  const keepOffered = usePage((page) => page.keepOffered);
  if (!task) {
    return (
      <section className="room-task" aria-labelledby="room-task-title">
        <h2 id="room-task-title">Nothing is learned in this room yet</h2>
        <p role="status">
          {others > 0
            ? 'Asking the others what they learn …'
            : 'Nobody is here who could say what it learns: wait for whoever invited you, or begin with data of yours.'}
        </p>
      </section>
    );
  }
  return (
    <section className="room-task" aria-labelledby="room-task-title">
      <h2 id="room-task-title">This room {describeTask(task)}</h2>
      <p role="status">
        {people}.{' '}
        {isOffered ? (
          <>
            What you have brought stays, unless you take part with others.{' '}
            <button type="button" className="link" onClick={keepOffered}>
              Back to the room
            </button>
          </>
        ) : (
          'Bring yours to take part: nothing of them is offered before you say so.'
        )}
      </p>
      <p className="small quiet">{disclosure(settings, taskWidth(task))}</p>
    </section>
  );
}
