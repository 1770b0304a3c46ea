import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../settings/settings.ts';
import {
  activeRun,
  isPaused,
  isSameRegister,
  isVoid,
  mergeRegisters,
  propose,
  runMembers,
  type Proposal,
  type RoomRegister,
} from './register.ts';

const clients = ['a', 'b', 'c', 'd'] as const;
const ofDataset = { digest: '', scale: null, samples: 400 };
const blank: RoomRegister = { version: 0, author: '', settings: defaultSettings(), run: null };

/** What happens in a room: somebody decides something, or hears what somebody else's register is. */
type Happening = { readonly at: number; readonly proposal: Proposal['type'] | 'stop' } | { readonly at: number; readonly hears: number };

const client = fc.nat(clients.length - 1);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ at: client, proposal: fc.constantFrom('configure', 'start', 'join', 'pause', 'resume', 'end', 'stop') }),
  fc.record({ at: client, hears: client }),
);

/** Every register that the clients of a room had while this happened, the last ones at the end. */
function histories(happenings: readonly Happening[]): RoomRegister[][] {
  const registers: RoomRegister[][] = clients.map(() => [blank]);
  happenings.forEach((what, step) => {
    const own = registers[what.at]!;
    const before = own.at(-1)!;
    own.push('hears' in what ? mergeRegisters(before, registers[what.hears]!.at(-1)!) : decided(before, what, step));
  });
  return registers;
}

function decided(register: RoomRegister, { at, proposal }: Extract<Happening, { proposal: string }>, step: number): RoomRegister {
  const author = clients[at]!;
  switch (proposal) {
    case 'configure':
      return propose(register, author, { type: proposal, settings: { ...defaultSettings(), seed: step } });
    case 'start':
      return propose(register, author, { type: proposal, id: `run ${step}`, founders: [author], ...ofDataset });
    case 'end':
      return propose(register, author, { type: 'end', why: 'finished' });
    case 'stop':
      return propose(register, author, { type: 'end', why: 'stopped' });
    default:
      return propose(register, author, { type: proposal });
  }
}

const room = fc.array(happening, { maxLength: 40 }).map(histories);
/** Some register of a room that really came about. */
const inOneRoom = room.chain((registers) => {
  const any = fc.constantFrom(...registers.flat());
  return fc.tuple(any, any, any);
});

describe('the room register', () => {
  it('merges to the same value in any order and any number of times', () => {
    fc.assert(
      fc.property(inOneRoom, ([a, b, c]) => {
        expect(mergeRegisters(a, b)).toEqual(mergeRegisters(b, a));
        expect(mergeRegisters(mergeRegisters(a, b), c)).toEqual(mergeRegisters(a, mergeRegisters(b, c)));
        expect(mergeRegisters(a, a)).toEqual(a);
      }),
      { numRuns: 1000 },
    );
  });

  it('is the same for everyone who has heard everyone, and tells what is new from what is not', () => {
    fc.assert(
      fc.property(room, (registers) => {
        const last = registers.map((own) => own.at(-1)!);
        const [merged, reversed] = [last, last.toReversed()].map((all) => all.reduce(mergeRegisters));
        expect(merged).toEqual(reversed);
        for (const own of registers.flat()) {
          expect(mergeRegisters(merged!, own)).toEqual(merged);
          expect(isSameRegister(own, mergeRegisters(own, merged!))).toBe(
            JSON.stringify(own) === JSON.stringify(mergeRegisters(own, merged!)),
          );
        }
      }),
    );
  });

  it('never loses the stop or the end of a run, nor a member of it, whatever is heard later', () => {
    fc.assert(
      fc.property(inOneRoom, ([a, b]) => {
        const { run } = mergeRegisters(a, b);
        for (const side of [a.run, b.run]) {
          if (!side || side.id !== run?.id) continue;
          if (side.end !== null) expect(run.end).not.toBeNull();
          if (side.end === 'stopped') expect(run.end).toBe('stopped');
          expect(run.turns).toBeGreaterThanOrEqual(side.turns);
          for (const member of runMembers(side)) expect(runMembers(run)).toContain(member);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('has a run go on with the settings that it was started with, or not at all', () => {
    fc.assert(
      fc.property(room, (registers) => {
        const started = new Map<string, RoomRegister>();
        for (const own of registers) {
          for (const register of own) {
            const run = activeRun(register);
            if (run) expect(register.settings).toEqual((started.get(run.id) ?? register).settings);
            if (run) started.set(run.id, register);
          }
        }
      }),
    );
  });

  it('keeps a pause or a stop against one who joins at the same moment', () => {
    const running = propose(blank, 'a', { type: 'start', id: 'r', founders: ['a', 'b'], ...ofDataset });
    const joined = propose(running, 'z', { type: 'join' });
    const paused = mergeRegisters(joined, propose(running, 'a', { type: 'pause' }));
    expect([paused.run?.joined, activeRun(paused) && isPaused(activeRun(paused)!)]).toEqual([['z'], true]);
    const stopped = mergeRegisters(
      propose(joined, 'z', { type: 'end', why: 'finished' }),
      propose(running, 'a', { type: 'end', why: 'stopped' }),
    );
    expect([stopped.run?.joined, stopped.run?.end]).toEqual([['z'], 'stopped']);
    expect(propose(stopped, 'b', { type: 'resume' })).toEqual(stopped);
  });

  it('voids the run or drops the settings, where both were written at once', () => {
    const [configured, started] = (['a', 'b'] as const).map((configuring) => {
      const starting = configuring === 'a' ? 'b' : 'a';
      const change = propose(blank, configuring, { type: 'configure', settings: { ...blank.settings, seed: 7 } });
      return mergeRegisters(change, propose(blank, starting, { type: 'start', id: 'r', founders: ['a', 'b'], ...ofDataset }));
    });
    expect([isVoid(configured!), activeRun(configured!)?.id, configured!.settings.seed]).toEqual([false, 'r', blank.settings.seed]);
    expect([isVoid(started!), activeRun(started!), started!.settings.seed]).toEqual([true, null, 7]);
    const again = propose(started!, 'a', { type: 'start', id: 'again', founders: ['a'], ...ofDataset });
    expect(activeRun(again)?.id).toBe('again');
  });
});
