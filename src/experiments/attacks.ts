/** Clients that lie to their neighbours: what mixing has to stand. */

import type { Lie } from '../client/participation.ts';
import type { Problem, ProblemSource } from '../client/problem.ts';
import type { ClientView } from '../client/view.ts';
import { randomStream } from '../math/random.ts';
import { axpby, subtract } from '../math/vectors.ts';
import { classCount } from '../model/model.ts';
import { runInProcess, type InProcessRun } from '../runner/inProcess.ts';

/**
 * Each of the attackers `labels`: learns from wrong labels, and is honest else; `sign`: sends the opposite of its change since the
 * start; `scaled`: ten times that change; `random`: noise of ten times its length; `stale`: what it had five rounds before; `start`: what
 * it began with.
 */
export const attacks = ['labels', 'sign', 'scaled', 'random', 'stale', 'start'] as const;
export type Attack = (typeof attacks)[number];

const FACTOR = 10;
const AGE = 5;

/** A fifth of the clients; client 0, which evaluates, is not among them. */
const isAttacker = (client: number): boolean => client % 5 === 4;

/** @throws the first failure of any client. */
export function runUnderAttack(run: InProcessRun, attack: Attack): Promise<ClientView[]> {
  const { seed } = run.settings;
  return runInProcess({ ...run, source: attackedSource(run.source, attack), liesOf: (client) => liesOf(attack, seed, client) });
}

/** The mean accuracy of the honest clients' own models after a round. @throws {RangeError} where it was not summed up. */
export function honestMean({ summaries }: Pick<ClientView, 'summaries'>, round: number): number {
  const honest = summaries.find((summary) => summary.round === round)?.clients.filter(({ number }) => !isAttacker(number));
  if (!honest || honest.length === 0) throw new RangeError(`Nobody honest has reported of round ${round}; run it again.`);
  return honest.reduce((sum, { accuracy }) => sum + accuracy, 0) / honest.length;
}

/** The data as they are, but for wrong labels of the attackers where those are the attack: class c is called C - 1 - c. */
export function attackedSource(source: ProblemSource, attack: Attack): ProblemSource {
  const mislabelled = (problem: Problem): Problem => {
    const last = classCount(problem.model) - 1;
    return { ...problem, own: { ...problem.own, labels: problem.own.labels.map((label) => last - label) } };
  };
  return {
    graph: (settings, clients, round) => source.graph(settings, clients, round),
    problem: async (settings, client, onStep) => {
      const problem = await source.problem(settings, client, onStep);
      return attack === 'labels' && isAttacker(client) ? mislabelled(problem) : problem;
    },
  };
}

type WeightsLie = Exclude<Attack, 'labels'>;

/** @param past what it sent before, by round. */
function lie(attack: WeightsLie, past: readonly Float32Array[], weights: Float32Array, seed: number, client: number, round: number) {
  const start = past[0] ?? weights;
  const change = subtract(weights, start);
  switch (attack) {
    case 'sign':
      return axpby(1, start, -1, change);
    case 'scaled':
      return axpby(1, start, FACTOR, change);
    case 'random': {
      const random = randomStream(seed, 'attack', client, round);
      const length = Math.sqrt(change.reduce((sum, value) => sum + value ** 2, 0) / change.length);
      return start.map((value) => value + FACTOR * length * random.normal());
    }
    case 'stale':
      return past[Math.max(0, round - AGE)] ?? start;
    case 'start':
      return start;
  }
}

/** @returns what an attacker sends in place of its messages; null for the honest. */
export function liesOf(attack: Attack, seed: number, client: number): Lie | null {
  if (attack === 'labels' || !isAttacker(client)) return null;
  const past: Float32Array[] = [];
  return (message) => {
    if (message.type !== 'weights') return message;
    // Several neighbours are sent the same.
    past[message.round] ??= message.weights;
    return { ...message, weights: lie(attack, past, message.weights, seed, client, message.round) };
  };
}
