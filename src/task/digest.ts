/** The digest of a task, by which rooms, data and models that mean the same are known. */

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Task } from '../settings/task.ts';

/** Text of a value that does not depend on the order in which the members of its objects were written. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join()}}`;
}

/** SHA-256 of the task's canonical form, in hex. Not `crypto.subtle`'s, which pages have over https alone. */
export const taskDigest = (task: Task): string => bytesToHex(sha256(utf8ToBytes(canonical(task))));
