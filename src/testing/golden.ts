/**
 * Conformance cases: inputs and results of whole runs from an independent float64 implementation that materialises every
 * Jacobian and was checked by finite differences; DFedAvg's from a second one, which reproduces the cases of the other gradient methods.
 */

import { readFileSync } from 'node:fs';
import * as v from 'valibot';

const numbers = v.array(v.number());

const caseSchema = v.object({
  name: v.string(),
  algorithm: v.picklist(['spark', 'ntk-dfl', 'dfedavg', 'dfedavgm', 'dpsgd']),
  model: v.object({ layers: numbers }),
  hyper: v.object({
    learningRate: v.number(),
    /** exp(-decay · t), as in Settings. */
    learningRateDecay: v.optional(v.number(), 0),
    steps: v.optional(v.number()),
    localSteps: v.optional(v.number()),
    momentum: v.optional(v.number(), 0),
    /** λ of each round. */
    softLabelWeight: v.optional(numbers, []),
    temperature: v.optional(v.number(), 1),
    mixing: v.picklist(['uniform', 'metropolis']),
  }),
  /** Adjacency lists; round t uses entry t mod length. A pool is the own samples, then the neighbours' in the list's order. */
  graph: v.array(v.array(numbers)),
  rounds: v.number(),
  clients: v.array(
    v.object({
      x: v.array(numbers),
      /** Class indices. */
      y: numbers,
      /** Kernels are inputs x outputs. */
      weights: v.array(v.object({ kernel: v.array(numbers), bias: numbers })),
    }),
  ),
});

const expectedSchema = v.object({
  rounds: v.array(
    v.object({
      clients: v.array(
        v.object({
          /** Flat, after the round. */
          weights: numbers,
          /** N x N, N x C and d; with spark and ntk-dfl only. */
          kernel: v.optional(v.array(numbers)),
          evolvedLogits: v.optional(v.array(numbers)),
          delta: v.optional(numbers),
        }),
      ),
    }),
  ),
});

export type GoldenCase = v.InferOutput<typeof caseSchema>;
export type GoldenResult = v.InferOutput<typeof expectedSchema>;

/** Reads the case `name`, e.g. `spark-ring`, from this folder. */
export function goldenCase(name: string): { given: GoldenCase; expected: GoldenResult } {
  const read = (part: string): unknown => JSON.parse(readFileSync(new URL(`golden/${name}.${part}.json`, import.meta.url), 'utf8'));
  return { given: v.parse(caseSchema, read('case')), expected: v.parse(expectedSchema, read('expected')) };
}
