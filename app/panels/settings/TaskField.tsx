/** What the room learns where its members bring data of their own: it follows from what its opener gave. */

import type { Task } from '../../../src/settings/task.ts';
import { describeTask } from '../../../src/task/describe.ts';

export function TaskField({ task }: { task: Task }) {
  return (
    <div className="field">
      <span>Data</span>
      <strong>everyone’s own</strong>
      <p className="hint">The room {describeTask(task)}.</p>
    </div>
  );
}
