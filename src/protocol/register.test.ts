import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../settings/settings.ts';
import { mergeRegisters, runMembers, type RoomRegister } from './register.ts';

const id = fc.constantFrom('a', 'b', 'c', 'd');
/** What one writer wrote in one version is one thing everywhere; only who joined may differ. */
const register: fc.Arbitrary<RoomRegister> = fc
  .record({ version: fc.nat(3), author: id, joined: fc.uniqueArray(id).map((ids) => ids.sort()) })
  .map(({ version, author, joined }) => ({
    version,
    author,
    settings: { ...defaultSettings(), seed: version * 10 + author.charCodeAt(0) },
    run: version === 0 ? null : { id: version === 1 ? 'first' : 'second', founders: ['a'], joined, control: 'running' },
  }));

describe('the room register', () => {
  it('merges to the same value in any order and any number of times', () => {
    fc.assert(
      fc.property(register, register, register, (a, b, c) => {
        expect(mergeRegisters(a, b)).toEqual(mergeRegisters(b, a));
        expect(mergeRegisters(mergeRegisters(a, b), c)).toEqual(mergeRegisters(a, mergeRegisters(b, c)));
        expect(mergeRegisters(a, a)).toEqual(a);
      }),
    );
  });

  it('never loses a member of the run that wins', () => {
    fc.assert(
      fc.property(register, register, (a, b) => {
        const merged = mergeRegisters(a, b);
        if (!merged.run) return;
        const members = runMembers(merged.run);
        for (const side of [a, b]) {
          if (side.run?.id === merged.run.id) for (const member of runMembers(side.run)) expect(members.has(member)).toBe(true);
        }
      }),
    );
  });
});
