/** A task in words, for whoever is asked to bring data to it. */

import { inWords } from '../data/names.ts';
import type { Task, TaskColumn } from '../settings/task.ts';

const columnText = ({ kind, name }: TaskColumn) => (kind === 'number' ? name : `${name} (a category)`);

/**
 * What a task does, after its subject.
 * @example
 * describeTask(task) // "tells cats, dogs and foxes from 32 x 32 colour images"
 */
export function describeTask(task: Task): string {
  const classes = inWords(task.classNames);
  if (task.kind === 'images') {
    return `tells ${classes} from ${task.width} x ${task.height} ${task.channels === 3 ? 'colour' : 'grey'} images`;
  }
  const columns = task.names ? inWords(task.columns.map(columnText)) : `${task.columns.length} columns`;
  return `tells ${classes}${task.names ? ` as ${task.label}` : ''} from rows of ${columns}`;
}
