/** The conformance cases by name, and their files as they are. */

import { readFile } from 'node:fs/promises';

/** Those of methods with a kernel. */
export const kernelCases = [
  'ntk-dfl-ring',
  'spark-ring',
  'spark-changing-graph',
  'spark-two-hidden-layers',
  'spark-accelerated-prior',
  'spark-whole-ring',
  'spark-whole-two-hidden-layers',
  'spark-ridge-ring',
  'spark-ridge-two-hidden-layers',
] as const;

export const goldenCases = [...kernelCases, 'dfedavg-changing-graph', 'dfedavgm-ring', 'dpsgd-line'] as const;
export type GoldenCase = (typeof goldenCases)[number];

/** @param name e.g. `spark-ring.case` or `spark-ring.expected`. */
export const golden = async (name: string) => JSON.parse(await readFile(new URL(`./golden/${name}.json`, import.meta.url), 'utf8'));
