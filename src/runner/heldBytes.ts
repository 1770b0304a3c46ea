/** The memory of a process, as the operating system counts it. */

import { readFileSync } from 'node:fs';

/**
 * What a process holds, bytes: anonymous and shared memory, in RAM or swapped out; not the program itself, which is there once
 * for all processes of a browser.
 * @returns null where the system does not tell: any but Linux; or when the process is gone.
 */
export function heldBytes(process: number): number | null {
  try {
    const status = readFileSync(`/proc/${process}/status`, 'utf8');
    return 1024 * [...status.matchAll(/^(?:RssAnon|RssShmem|VmSwap):\s+(\d+) kB$/gm)].reduce((sum, [, kib]) => sum + Number(kib), 0);
  } catch {
    return null;
  }
}
