import fc from 'fast-check';
import { expect, test } from 'vitest';
import { patchBetween, patched, type Fields } from './mergePatch.ts';

const { fields } = fc.letrec<{ fields: Fields; value: unknown }>((tie) => ({
  fields: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'kind'), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  value: fc.oneof({ depthSize: 'small' }, fc.integer(), fc.string(), fc.array(fc.integer(), { maxLength: 3 }), tie('fields')),
}));

test('the patch between two settings makes the one of the other', () => {
  fc.assert(
    fc.property(fields, fields, (from, to) => {
      expect(patched(from, patchBetween(from, to))).toEqual(to);
    }),
  );
});

test('the patch between equal settings is empty, and an empty patch changes nothing', () => {
  fc.assert(
    fc.property(fields, (same) => {
      expect(patchBetween(same, structuredClone(same))).toEqual({});
      expect(patched(same, {})).toEqual(same);
    }),
  );
});

test('a patch says what differs and nothing else', () => {
  const from = { rounds: 15, topology: { kind: 'k-regular', degree: 5 }, method: { steps: 40, integrator: 'accelerated' } };
  const to = { rounds: 15, topology: { kind: 'ring' }, method: { steps: 80, integrator: 'accelerated' } };
  expect(patchBetween(from, to)).toEqual({ topology: { kind: 'ring', degree: null }, method: { steps: 80 } });
});
