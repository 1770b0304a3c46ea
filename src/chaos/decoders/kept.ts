/** What was kept to go on from, and may be of another version, or broken; and conformance cases. */

import * as v from 'valibot';
import { bookmarkSchema } from '../../client/bookmark.ts';
import { ConformanceCaseError, parseCase } from '../../client/conformance.ts';
import { snapshotSchema, type Snapshot } from '../../client/snapshot.ts';
import { checkpointParts, packSnapshot, readCheckpoint } from '../../runner/checkpoint.ts';
import type { Decoder } from './decoder.ts';
import { register } from './register.ts';

const score = { accuracy: 0.5, loss: 1 };
const goingOn = {
  round: 1,
  weights: Float32Array.of(1, 2, 3),
  velocity: Float32Array.of(0, 0, 1),
  own: [
    {
      round: 0,
      score,
      phases: { mix: 3, step: 1 },
      work: { evolve: 2 },
      solver: { products: 3, relativeGradient: 0.01 },
      bytesSent: 100,
      neighbours: ['b'],
      missed: ['c'],
    },
  ],
  summaries: [
    {
      round: 0,
      averaged: score,
      confusion: [1, 0, 0, 1],
      mean: score,
      clients: [{ id: 'a', number: 0, ...score }],
      bytesSent: 1,
      seconds: 1,
    },
  ],
  missedRounds: new Map([['c', 1]]),
};
const bytes = new Map([['b', new Map([['weights', 50]])]]);
const snapshot: Snapshot = {
  ...goingOn,
  centre: null,
  introduced: ['b'],
  knows: ['b'],
  bytes: { sent: bytes, received: bytes, totals: { training: 100, evaluation: 0, control: 4 }, ownRounds: 100 },
  wire: {
    versions: 2,
    given: new Map([['b', new Map([['weights', { number: 1, values: Float32Array.of(1), round: 0 }]])]]),
    errors: new Map([['b', new Map([['step', { values: Float32Array.of(1), round: 0 }]])]]),
  },
};

const layer = { kernel: [[1], [0.5]], bias: [0] };
const hyper = { learningRate: 0.1, mixing: 'uniform' };
const conformanceCase = {
  format: 'spark-conformance/1',
  name: 'two',
  model: { layers: [2, 1], activation: 'relu' },
  graph: [[[1], [0]]],
  rounds: 1,
  clients: [
    { x: [[1, 2]], y: [0], weights: [layer] },
    { x: [[3, 4]], y: [0], weights: [layer] },
  ],
};

export const kept: readonly Decoder[] = [
  {
    name: 'bookmarks',
    of: 'values',
    valid: [{ ...goingOn, number: 1, register }],
    decode: (value) => v.safeParse(bookmarkSchema, value),
    refusals: [],
  },
  {
    name: 'snapshots',
    of: 'values',
    valid: [snapshot],
    decode: (value) => v.safeParse(snapshotSchema, value),
    refusals: [],
  },
  {
    name: 'checkpoints',
    of: 'bytes',
    valid: [Buffer.concat([...checkpointParts([packSnapshot(snapshot), packSnapshot(snapshot)])])],
    decode: readCheckpoint,
    refusals: [],
  },
  {
    name: 'conformance cases',
    of: 'values',
    valid: [
      { ...conformanceCase, algorithm: 'dpsgd', hyper },
      { ...conformanceCase, algorithm: 'dfedavgm', hyper: { ...hyper, localSteps: 2, momentum: 0.5 } },
      { ...conformanceCase, algorithm: 'spark', hyper: { ...hyper, steps: 10, softLabelWeight: [0.5], integrator: 'accelerated' } },
      { ...conformanceCase, algorithm: 'spark', hyper: { kernel: 'whole', ridge: 0.1, mixing: 'metropolis' } },
    ],
    decode: parseCase,
    refusals: [ConformanceCaseError],
  },
];
