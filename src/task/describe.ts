/** A task in words, for whoever is asked to bring data to it. */

import type { Task, TaskColumn } from '../settings/task.ts';

/** No list shows more. */
const MAX_SHOWN = 8;

function list(names: readonly string[]): string {
  if (names.length > MAX_SHOWN) return `${names.slice(0, MAX_SHOWN).join(', ')} and ${names.length - MAX_SHOWN} more`;
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : names.join();
}

const columnText = ({ kind, name }: TaskColumn) => (kind === 'number' ? name : `${name} (a category)`);

/**
 * What a task does, after its subject.
 * @example
 * describeTask(task) // "tells cats, dogs and foxes from 32 x 32 colour images"
 */
export function describeTask(task: Task): string {
  const classes = list(task.classNames);
  if (task.kind === 'images') {
    return `tells ${classes} from ${task.width} x ${task.height} ${task.channels === 3 ? 'colour' : 'grey'} images`;
  }
  const columns = task.names ? list(task.columns.map(columnText)) : `${task.columns.length} columns`;
  return `tells ${classes}${task.names ? ` as ${task.label}` : ''} from rows of ${columns}`;
}
