/** Whether a model can go on with data: they need its classes and its inputs. */

import { inputShape, type ModelCard, type Task } from './savedModel.ts';

/** What there is to learn from. */
export interface Given {
  readonly task: Task;
  readonly classNames: readonly string[];
  /** What it is called. */
  readonly name: string;
}

const list = (names: readonly string[]) => names.slice(0, 8).join(', ') + (names.length > 8 ? ', ..' : '');

/** What inputs mean, apart from how they are standardised. */
function meaningOf(task: Task): string {
  if (task.kind === 'images') return `images of ${inputShape(task).join(' x ')}`;
  return JSON.stringify(task.table.columns.map((column) => ({ ...column, mean: 0, std: 0 })));
}

export interface Misfit {
  /** A sentence without its end. */
  readonly why: string;
  /** What of the data would have to be so, after `choose data of`. */
  readonly need: string;
}

/** @param where the model's file. @returns null where it can. */
export function misfitOf(card: ModelCard, where: string, { task, classNames, name }: Given): Misfit | null {
  if (card.classes.join('\n') !== classNames.join('\n')) {
    return { why: `${where} tells ${list(card.classes)} apart, and ${name} has ${list(classNames)}`, need: "the model's classes" };
  }
  if (meaningOf(card.task) === meaningOf(task)) return null;
  const what = card.task.kind === 'images' ? meaningOf(card.task) : `rows of ${list(card.task.table.columns.map((column) => column.name))}`;
  return { why: `${where} reads ${what}, and ${name} has others`, need: 'that form' };
}
