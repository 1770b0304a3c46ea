/** What the messages of a small run look like. */

import type { RunShape } from '../protocol/shape.ts';

export const smallShape: RunShape = {
  run: 'r',
  rounds: 10,
  ownSamples: 2,
  parameters: 5,
  inputWidth: 3,
  classes: 4,
  features: { hidden: [2], jacobian: 0, logits: 0 },
  inputs: 'sketch',
  sketchSize: 2,
  choices: 1,
  velocity: true,
  isTaught: () => false,
};
