/**
 * The room's shared register: its settings and its run, agreed by gossip alone. Every client merges what it hears and passes
 * on what changed. Merging is a join of semilattices (Shapiro et al. 2011, conflict-free replicated data types): what everyone
 * comes to does not depend on who hears what first, or how often.
 *
 * - Settings go to the last writer: the later version, of two at once the larger author. Starting a run writes them again, so
 *   that a run and settings changed at the same moment do not meet: one of the two holds.
 * - A later run replaces an earlier one.
 * - Of one run, who joined only grows, turns only go up, and an end stays: nobody's joining or resuming undoes a stop.
 */
import * as v from 'valibot';
import { settingsSchema, type Settings } from '../settings/settings.ts';
import { scaleSchema } from '../task/moments.ts';

const peerId = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
const peerIds = v.pipe(v.array(peerId), v.maxLength(1024));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** The ends of a run, each of which gives way to the next: somebody did all rounds, saw patience end, or pressed stop. */
const ends = ['finished', 'settled', 'stopped'] as const;
export type RunEnd = (typeof ends)[number];

/** Who wrote, and after how many writes that it knew of. */
const write = { version: count, author: v.pipe(v.string(), v.maxLength(64)) };

const runSchema = v.strictObject({
  /** The write that started it. */
  ...write,
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  /** In the room when the run was started: they begin at round 0. */
  founders: peerIds,
  /** Of what is learned from: a dataset or a task; empty where the starter knows of none. Whoever has other data takes no part. */
  digest: v.pipe(v.string(), v.regex(/^[0-9a-f]{0,64}$/)),
  /** The constants that own data are standardised by, from what the founders contributed; null of a dataset. */
  scale: v.nullable(scaleSchema),
  /** Training samples of the founders together, as far as the starter knew. */
  samples: count,
  /** Joined later, in order: each takes part from the first round in which a neighbour sends it weights. */
  joined: peerIds,
  /** How often it was paused and resumed: paused while odd. */
  turns: count,
  end: v.nullable(v.picklist(ends)),
});

export const registerSchema = v.strictObject({
  /** The last write of the settings. */
  ...write,
  settings: settingsSchema,
  run: v.nullable(runSchema),
});

export type RoomRegister = v.InferOutput<typeof registerSchema>;
export type RunRegister = v.InferOutput<typeof runSchema>;

type Write = Pick<RoomRegister, 'version' | 'author'>;

const isSameWrite = (a: Write, b: Write) => a.version === b.version && a.author === b.author;

function later<T extends Write>(a: T, b: T): T {
  if (a.version !== b.version) return a.version > b.version ? a : b;
  return a.author >= b.author ? a : b;
}

const rank = (end: RunEnd | null) => (end ? ends.indexOf(end) : -1);

function mergeRuns(a: RunRegister | null, b: RunRegister | null): RunRegister | null {
  if (!a || !b) return a ?? b;
  if (!isSameWrite(a, b)) return later(a, b);
  return {
    ...a,
    joined: [...new Set([...a.joined, ...b.joined])].sort(),
    turns: Math.max(a.turns, b.turns),
    end: rank(a.end) >= rank(b.end) ? a.end : b.end,
  };
}

/** The least register that both lead to: commutative, associative, idempotent. */
export function mergeRegisters(a: RoomRegister, b: RoomRegister): RoomRegister {
  return { ...later(a, b), run: mergeRuns(a.run, b.run) };
}

function isSameRun(a: RunRegister | null, b: RunRegister | null): boolean {
  if (!a || !b) return a === b;
  return isSameWrite(a, b) && a.joined.length === b.joined.length && a.turns === b.turns && a.end === b.end;
}

/** Whether nothing is to be told or done: `b` was merged from `a`, and brought nothing new. */
export function isSameRegister(a: RoomRegister, b: RoomRegister): boolean {
  return isSameWrite(a, b) && isSameRun(a.run, b.run);
}

/** The run that is under way: its settings hold until it ends. A run whose settings were changed as it started is void. */
export function activeRun(register: RoomRegister): RunRegister | null {
  const { run } = register;
  return run && run.end === null && isSameWrite(run, register) ? run : null;
}

/** Whether whoever is in the run must leave it: somebody changed the settings as it started, and had the last word. */
export function isVoid(register: RoomRegister): boolean {
  const { run } = register;
  return run !== null && run.end === null && !isSameWrite(run, register);
}

export const isPaused = ({ turns }: RunRegister) => turns % 2 === 1;

/** Everyone who takes part in the run, as far as this register knows. */
export function runMembers(run: RunRegister): ReadonlySet<string> {
  return new Set([...run.founders, ...run.joined]);
}

/** What a client can do to the register. What has no place now, or changes nothing, leaves it as it is. */
export type Proposal =
  | { readonly type: 'configure'; readonly settings: Settings }
  | ({ readonly type: 'start'; readonly id: string; readonly founders: readonly string[] } & Pick<
      RunRegister,
      'digest' | 'scale' | 'samples'
    >)
  | { readonly type: 'join' | 'pause' | 'resume' }
  | { readonly type: 'end'; readonly why: RunEnd };

/** The register after a proposal by the client `author`. */
export function propose(register: RoomRegister, author: string, proposal: Proposal): RoomRegister {
  const run = activeRun(register);
  const next = { version: Math.max(register.version, register.run?.version ?? 0) + 1, author };
  switch (proposal.type) {
    case 'configure':
      return run ? register : { ...register, ...next, settings: proposal.settings };
    case 'start': {
      if (run) return register;
      const { id, founders, digest, scale, samples } = proposal;
      return {
        ...register,
        ...next,
        run: { ...next, id, founders: [...founders], digest, scale, samples, joined: [], turns: 0, end: null },
      };
    }
    case 'join':
      return run && !runMembers(run).has(author) ? { ...register, run: { ...run, joined: [...run.joined, author].sort() } } : register;
    case 'pause':
    case 'resume':
      return run && isPaused(run) === (proposal.type === 'resume') ? { ...register, run: { ...run, turns: run.turns + 1 } } : register;
    case 'end':
      return run ? { ...register, run: { ...run, end: proposal.why } } : register;
  }
}
