/** What is made to go wrong in a federation, and what must hold all the same. Five clients in a ring, unless a scenario says otherwise. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ClientView } from '../client/view.ts';
import { defaultSettings, withAlgorithm } from '../settings/settings.ts';
import { atLeast, atMost, noneUncaught, type Invariant } from './invariant.ts';
import { Trial, type TrialOptions } from './trial.ts';

export interface Scenario {
  readonly name: string;
  readonly run: (seed: number) => Promise<readonly Invariant[]>;
}

const CLIENTS = 5;
/** Client 4 is the one in trouble, unless another is named: these are beside it in the ring, and these are not. */
const [TROUBLED, BESIDE, ELSEWHERE] = ['c4', [0, 3], [1, 2]] as const;

/** Runs a trial to its end. What must hold in all of them comes with what `measure` finds. */
async function inTrial(
  options: TrialOptions,
  measure: (trial: Trial, since: number) => Promise<readonly Invariant[]>,
): Promise<readonly Invariant[]> {
  const trial = new Trial(options);
  try {
    const measured = await measure(trial, await trial.start());
    return [...measured, noneUncaught(trial.uncaught), rowsKept(trial)];
  } finally {
    await trial.close();
  }
}

/** What sums may take on their way, beside the time that they are waited for, ms. */
const TRAVEL_MS = 1000;

/** The rounds from the first to the last that have no summary. */
const without = (first: number, last: number, summaries: ClientView['summaries']): number[] => {
  const summed = new Set(summaries.map(({ round }) => round));
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i).filter((round) => !summed.has(round));
};

/**
 * The rounds that lack a summary: with whoever sums them up all from the first on whose sums are there or no longer waited for, with
 * the others those between two that they have, unless frames are lost.
 */
function unsummed(trial: Trial): number {
  const views = trial.views();
  const root = views.findIndex(({ status }) => status.kind !== 'failed');
  return views
    .map(({ own, summaries, settings: { deadlineMs } }, k) => {
      const latest = summaries.at(-1)?.round ?? -1;
      if (k !== root) return trial.losesFrames ? 0 : without(summaries[0]?.round ?? 0, latest, summaries).length;
      const due = trial.ends[k]!.filter((end) => end < trial.clock.now() - deadlineMs - TRAVEL_MS).length;
      return without(0, Math.max(latest, own[due - 1]?.round ?? -1), summaries).length;
    })
    .reduce((sum, count) => sum + count, 0);
}

/** Every round is summed up, every summary counts every row that is scored on, and no client does a round twice. */
export function rowsKept(trial: Trial): Invariant {
  const views = trial.views();
  const lost = views.flatMap(({ summaries, scoredOn }) =>
    summaries.filter(({ confusion }) => confusion.reduce((sum, count) => sum + count, 0) !== scoredOn),
  );
  const twice = views.filter(({ own }) => own.some(({ round }, i) => i > 0 && round <= own[i - 1]!.round));
  const missing = unsummed(trial);
  return {
    name: 'no row lost, no round twice',
    measured: `${missing} rounds without a summary, ${lost.length} summaries that lack rows, ${twice.length} clients that did a round twice`,
    holds: missing + lost.length + twice.length === 0,
  };
}

/** The pace of clients in a trial's last twenty seconds, rounds a second. */
function lastPace(trial: Trial, clients: readonly number[]): number {
  const now = trial.clock.now();
  return clients.reduce((sum, k) => sum + trial.pace(k, now - 20_000, now), 0) / clients.length;
}

const longest = (trial: Trial, clients: readonly number[], since: number) =>
  Math.max(...clients.map((k) => trial.standstill(k, since, trial.clock.now()))) / 1000;

async function calmPace(seed: number, clients = CLIENTS): Promise<number> {
  const trial = new Trial({ clients, seed });
  await trial.start();
  await trial.pass(25_000);
  const pace = lastPace(trial, [...BESIDE, ...ELSEWHERE]);
  await trial.close();
  return pace;
}

const slow: Scenario = {
  name: 'a neighbour at 5 % speed',
  run: async (seed) => {
    const calm = await calmPace(seed);
    return inTrial({ clients: CLIENTS, seed, faults: { speed: { [TROUBLED]: 0.05 } } }, async (trial) => {
      await trial.pass(70_000);
      return [
        atLeast('pace of those not beside it', (100 * lastPace(trial, ELSEWHERE)) / calm, 90, '%'),
        atLeast('pace of those beside it', (100 * lastPace(trial, BESIDE)) / calm, 70, '%'),
      ];
    });
  },
};

const frozen: Scenario = {
  name: 'a neighbour that freezes for twenty seconds',
  run: (seed) =>
    inTrial({ clients: CLIENTS, seed, faults: { frozen: { [TROUBLED]: [8000, 28_000] } } }, async (trial, since) => {
      await trial.pass(35_000);
      const [back] = trial.ends[4]!.filter((end) => end > 28_000);
      return [
        atMost('standstill of the others', longest(trial, [...BESIDE, ...ELSEWHERE], since), 3, 's'),
        atMost('it is back after', ((back ?? Infinity) - 28_000) / 1000, 3, 's'),
      ];
    }),
};

/** How often the others have left a member out, after so many rounds. */
const timesMissed = (views: readonly ClientView[], after: number) =>
  views.flatMap(({ own }) => own.slice(after).flatMap(({ missed }) => missed)).length;

/** In how many of the clients' graphs the one in trouble is. */
const inGraphs = (views: readonly ClientView[]) => views.filter(({ graph }) => graph.some(({ a, b }) => [a, b].includes(TROUBLED))).length;

/** What must hold for the others when the one in trouble fails, as its numbers are not finite any more. */
function withoutOneThatFails(options: TrialOptions): Promise<readonly Invariant[]> {
  const why = 'are not finite any more: training has diverged';
  return inTrial(options, async (trial, since) => {
    await trial.pass(10_000);
    const others = trial.views().slice(0, 4);
    const told = others.filter(({ peers }) =>
      peers.some(({ id, readiness }) => id === TROUBLED && readiness.kind === 'failed' && readiness.why.includes(why)),
    );
    return [
      atMost('standstill of the others', longest(trial, [...BESIDE, ...ELSEWHERE], since), 1.5, 's'),
      atMost('neighbours missed for it after three rounds', timesMissed(others, 3), 0, 'times'),
      atMost('have it in their graph', inGraphs(others), 0, 'clients'),
      atLeast(`know that its numbers ${why}`, told.length, 4, 'clients'),
    ];
  });
}

export const failed: Scenario = {
  name: 'a member that fails',
  run: (seed) => withoutOneThatFails({ clients: CLIENTS, seed, trouble: { client: 4, kind: 'no score' } }),
};

export const diverging: Scenario = {
  name: 'a member whose training diverges',
  run: (seed) => {
    const { algorithm, method } = withAlgorithm(defaultSettings(), 'dpsgd');
    return withoutOneThatFails({ clients: CLIENTS, seed, trouble: { client: 4, kind: 'diverges' }, settings: { algorithm, method } });
  },
};

export const unprepared: Scenario = {
  name: 'a member that never gets ready',
  run: async (seed) => {
    const without = await calmPace(seed, CLIENTS - 1);
    return inTrial({ clients: CLIENTS, seed, trouble: { client: 4, kind: 'never ready' } }, async (trial) => {
      await trial.pass(25_000);
      const others = trial.views().slice(0, 4);
      return [
        atLeast('pace of the others, of theirs without it', (100 * lastPace(trial, [...BESIDE, ...ELSEWHERE])) / without, 95, '%'),
        atMost('neighbours missed for it', timesMissed(others, 0), 0, 'times'),
        atMost('have it in their graph', inGraphs(others), 0, 'clients'),
      ];
    });
  },
};

const evaluator: Scenario = {
  name: 'the evaluator fails',
  run: (seed) =>
    inTrial({ clients: CLIENTS, seed, trouble: { client: 0, kind: 'no score' }, settings: { rounds: 12 } }, async (trial) => {
      const isOver = ({ summaries }: ClientView) => summaries.at(-1)?.round === 11;
      const ended = await trial.clock.run(() => trial.views().slice(1).every(isOver), 60_000);
      const summaries = Math.min(
        ...trial
          .views()
          .slice(1)
          .map((view) => view.summaries.length),
      );
      return [
        { name: 'every round ends', measured: String(ended), holds: ended },
        atLeast('rounds summed up by another', summaries, 12, 'rounds'),
      ];
    }),
};

const ROUNDS = 20;

/** The averaged model's accuracy after twenty rounds, in percent, and whether they ended. */
async function accuracy(
  options: TrialOptions,
): Promise<{ readonly percent: number; readonly ended: boolean; readonly late: number; readonly invariants: readonly Invariant[] }> {
  let [percent, late] = [0, 0];
  let ended = false;
  const settings = { rounds: ROUNDS, testSamples: 600, samples: 40 };
  const invariants = await inTrial({ ...options, settings }, async (trial) => {
    const isOver = ({ own }: ClientView) => own.at(-1)?.round === ROUNDS - 1;
    // A summary may be lost on its way from the evaluator, which has it.
    const isScored = () => trial.views()[0]!.summaries.at(-1)?.round === ROUNDS - 1;
    ended = await trial.clock.run(() => trial.views().every(isOver) && isScored(), 3_600_000);
    percent = 100 * (trial.views()[0]!.summaries.at(-1)?.averaged.accuracy ?? 0);
    late = trial.late.reduce((sum, rounds) => sum + rounds, 0);
    return [{ name: 'every round ends', measured: String(ended), holds: ended }];
  });
  return { percent, ended, late, invariants };
}

/** What one run loses is mostly chance: a point is six of the samples scored on. */
const DELAYED_RUNS = 5;

export const delayed: Scenario = {
  name: '30 % of frames delayed by 0 to 2 s',
  run: async (seed) => {
    const invariants: Invariant[] = [];
    let [lost, percent, mixedLate] = [0, 0, 0];
    for (let k = 0; k < DELAYED_RUNS; k++) {
      const none = await accuracy({ clients: CLIENTS, seed: seed + k });
      const late = await accuracy({ clients: CLIENTS, seed: seed + k, faults: { delay: { part: 0.3, ms: 2000 } } });
      lost += (none.percent - late.percent) / DELAYED_RUNS;
      percent += none.percent / DELAYED_RUNS;
      mixedLate += late.late / DELAYED_RUNS;
      invariants.push(...late.invariants);
    }
    return [
      {
        name: `accuracy lost after 20 rounds, mean of ${DELAYED_RUNS} runs`,
        measured: `${lost.toFixed(2)} points of ${percent.toFixed(1)} % (at most 1)`,
        holds: lost <= 1,
      },
      atLeast(`of the ${CLIENTS * ROUNDS} rounds of a run, those that mixed weights which came late`, mixedLate, 1, 'rounds'),
      ...invariants,
    ];
  },
};

const lossy: Scenario = {
  name: 'frames lost (2 %), doubled (5 %) and damaged (1 %)',
  run: async (seed) => {
    const { invariants } = await accuracy({ clients: CLIENTS, seed, faults: { drop: 0.02, twice: 0.05, corrupt: 0.01 } });
    return invariants;
  },
};

/** Lets so much time pass, ms. @returns the longest in which no round was summed up for client 0, s. */
async function withoutSummaries(trial: Trial, ms: number): Promise<number> {
  const summed = [trial.clock.now()];
  let known = trial.clients[0]!.view().summaries.length;
  const look = () => {
    const { length } = trial.clients[0]!.view().summaries;
    if (length > known) summed.push(trial.clock.now());
    known = length;
    return false;
  };
  await trial.clock.run(look, ms);
  summed.push(trial.clock.now());
  return Math.max(...summed.slice(1).map((now, i) => now - summed[i]!)) / 1000;
}

const leaving: Scenario = {
  name: 'a member that leaves and comes back',
  run: (seed) =>
    inTrial({ clients: CLIENTS, seed }, async (trial, since) => {
      await trial.pass(5000);
      await trial.clients[4]!.close();
      await trial.pass(5000);
      trial.join();
      const unsummedFor = await withoutSummaries(trial, 8000);
      return [
        atMost('standstill of the others', longest(trial, [...BESIDE, ...ELSEWHERE], since), 1.5, 's'),
        atMost('the longest without a summary after that', unsummedFor, 1.5, 's'),
        atLeast('rounds of the one that came back', trial.ends[5]!.length, 5, 'rounds'),
      ];
    }),
};

export const scenarios: readonly Scenario[] = [slow, frozen, failed, diverging, unprepared, evaluator, delayed, lossy, leaving];

export const LONG_ROUNDS = 2000;

/** Bytes of the heap that are in use, after what is not has been collected. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  return process.memoryUsage().heapUsed;
}

/** Three clients over two thousand rounds: the last hundred as fast as the second hundred, and no larger. */
export async function longRun(seed: number): Promise<readonly Invariant[]> {
  return inTrial({ clients: 3, seed, settings: { rounds: LONG_ROUNDS, samples: 40 } }, async (trial) => {
    const upTo = (rounds: number) => trial.clock.run(() => trial.ends[0]!.length >= rounds, 3_600_000);
    // What else the machine does must not count.
    const timed = async (rounds: number) => {
      const since = process.cpuUsage();
      await upTo(rounds);
      const { user, system } = process.cpuUsage(since);
      return user + system;
    };
    await upTo(100);
    const second = await timed(200);
    const before = heapUsed();
    await upTo(LONG_ROUNDS - 100);
    const last = await timed(LONG_ROUNDS);
    const grown = (heapUsed() - before) / 2 ** 20;
    return [
      atMost('processor time of the last hundred rounds, of the second hundred', (100 * last) / second, 130, '%'),
      atMost('growth of the heap since round 200', grown, 20, 'MB'),
    ];
  });
}
