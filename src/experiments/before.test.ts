import { expect, test } from 'vitest';
import { complete } from './before.ts';

test('settings that are younger than a record are what runs had before them, at any depth', () => {
  const old = { rounds: 3, method: { kind: 'ntk', evolution: { steps: 40 } } };
  expect(complete(old)).toEqual({
    rounds: 3,
    convolutions: [],
    projection: 'khatri-rao',
    projectionSize: 1000,
    patience: 0,
    initialModel: '',
    task: null,
    aggregation: 'mean',
    method: { kind: 'ntk', kernel: 'averaged', pull: 0, evolution: { kind: 'flow', steps: 40, teacher: 'mixed' } },
  });
});

test('what a record says stays, and what another kind of method has is not added', () => {
  const said = {
    convolutions: [8],
    projection: 'dense',
    projectionSize: 250,
    patience: 4,
    initialModel: '0'.repeat(64),
    task: null,
    aggregation: 'median',
  };
  const taught = { ...said, method: { kind: 'ntk', kernel: 'whole', pull: 0.5, evolution: { kind: 'flow', teacher: 'neighbours' } } };
  expect(complete(taught)).toEqual(taught);
  const gradient = { ...said, method: { kind: 'gradient', localSteps: 40 } };
  expect(complete(gradient)).toEqual(gradient);
});
