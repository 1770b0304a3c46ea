/** What a person's data lacks for a task; the message says in one sentence what it is, where, and what to do. */
export class TaskError extends Error {
  override readonly name = 'TaskError';
}
