/** The log of a tab, on the browser's console. */

import { lineLog, silent, type Log, type LogTopic } from '../log/log.ts';

/** A log of these topics on the browser's console; silent for none. */
export function consoleLog(topics: readonly LogTopic[]): Log {
  if (topics.length === 0) return silent;
  return lineLog(
    new Set(topics),
    (line) => console.info(line),
    () => performance.now(),
  );
}
