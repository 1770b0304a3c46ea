/** What a client learns from where the room has a task: its own data, which it was brought. */

import type { ModelSpec } from '../model/model.ts';
import { modelOf } from '../settings/model.ts';
import type { Settings } from '../settings/settings.ts';
import { taskWidth, type Task } from '../settings/task.ts';
import { describeTask } from '../task/describe.ts';
import { taskDigest } from '../task/digest.ts';
import { OwnShare, type OwnRows } from '../task/ownRows.ts';
import { TaskError } from '../task/taskError.ts';
import type { Problem } from './problem.ts';

/**
 * @param rows what this client was brought, if anything.
 * @param start the weights that a model starts from.
 * @throws {TaskError} when that is nothing, or not for this task.
 */
export function ownProblem(task: Task, rows: OwnRows | null, settings: Settings, start: (model: ModelSpec) => Float32Array): Problem {
  const digest = taskDigest(task);
  if (rows?.digest !== digest) throw new TaskError(`This room ${describeTask(task)}; bring data of your own for that.`);
  const share = new OwnShare(task, rows, settings);
  const { own, test } = share.standardised();
  const { classNames } = task;
  const size =
    task.kind === 'images'
      ? { width: task.width, height: task.height, channels: task.channels }
      : { width: taskWidth(task), height: 1, channels: 1 as const };
  const model = modelOf(settings, { ...size, classes: classNames.length }, own.labels.length);
  const { width, height } = size;
  return {
    model,
    own,
    test,
    initialWeights: start(model),
    startsAlike: true,
    view: { kind: task.kind, samples: own.labels.length, histogram: share.contribution.train, classNames, previews: [], width, height },
    digest,
    share,
  };
}
