import * as v from 'valibot';
import { settingsSchema } from '../settings/settings.ts';

/**
 * The room's shared register: its settings and its run, agreed by gossip alone. Every client merges what it hears and passes
 * on what changed. Settings and control go to the last writer (version, then author); the members of a run only grow.
 */

const peerId = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const peerIds = v.pipe(v.array(peerId), v.maxLength(1024));

const runSchema = v.strictObject({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  /** In the room when the run was started: they begin at round 0. */
  founders: peerIds,
  /** Joined later: each takes part from the first round in which a neighbour sends it weights. */
  joined: peerIds,
  control: v.picklist(['running', 'paused', 'stopped', 'finished']),
});

export const registerSchema = v.strictObject({
  version: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  author: v.pipe(v.string(), v.maxLength(64)),
  settings: settingsSchema,
  run: v.nullable(runSchema),
});

export type RoomRegister = v.InferOutput<typeof registerSchema>;
export type RunRegister = v.InferOutput<typeof runSchema>;

function newer(a: RoomRegister, b: RoomRegister): RoomRegister {
  if (a.version !== b.version) return a.version > b.version ? a : b;
  return a.author >= b.author ? a : b;
}

/** The least register that both lead to: commutative, associative, idempotent. */
export function mergeRegisters(a: RoomRegister, b: RoomRegister): RoomRegister {
  const winner = newer(a, b);
  const loser = winner === a ? b : a;
  if (!winner.run || winner.run.id !== loser.run?.id) return winner;
  const joined = [...new Set([...winner.run.joined, ...loser.run.joined])].sort();
  return { ...winner, run: { ...winner.run, joined } };
}

/** Whether nothing is to be told or done: two registers of one writer and version differ at most in who joined the run. */
export function sameRegister(a: RoomRegister, b: RoomRegister): boolean {
  return a.version === b.version && a.author === b.author && a.run?.joined.length === b.run?.joined.length;
}

/** Everyone who takes part in the run, as far as this register knows. */
export function runMembers(run: RunRegister): ReadonlySet<string> {
  return new Set([...run.founders, ...run.joined]);
}
