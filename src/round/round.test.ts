import fc from 'fast-check';
import { evolvedBy } from '../settings/presets.ts';
import { describe, expect, it, test } from 'vitest';
import { declarations, type Message } from '../protocol/messages.ts';
import { randomStream, type RandomStream } from '../math/random.ts';
import { concat, parts } from '../math/vectors.ts';
import type { Teaching } from '../ntk/engine.ts';
import type { PoolMember } from '../ntk/pool.ts';
import { advanceOwner, initialOwnerState, type OwnerEffect, type OwnerEvent, type OwnerState } from './owner.ts';
import {
  choicesOf,
  neighboursTeach,
  sendsVelocity,
  type GradientMethod,
  type Method,
  type Momentum,
  type NtkMethod,
} from '../settings/method.ts';
import type { Iterate } from './iterate.ts';
import { advanceRound, initialRoundState, nextRound } from './round.ts';
import type { Plan, RoundEffect, RoundEvent, RoundMessage, RoundResult, RoundState, Transition } from './state.ts';

/** What may happen to a message; probabilities of each fault. */
interface Faults {
  readonly drop: number;
  readonly duplicate: number;
  /** Whether messages of one channel may overtake each other. */
  readonly reorder: boolean;
}
const noFaults: Faults = { drop: 0, duplicate: 0, reorder: false };

interface Mail {
  readonly from: string;
  readonly to: string;
  readonly message: Message;
}

interface Member {
  readonly id: string;
  round: RoundState;
  owner: OwnerState;
  readonly results: RoundResult[];
  deadline: { readonly effect: Extract<RoundEffect, { type: 'await' }>; readonly since: number } | null;
  work: (() => void)[];
}

/** On probation. */
const nobody: Plan['unawaited'] = { mix: new Set(), linearise: new Set(), step: new Set() };

const WIDTH = 2;
const inputsOf = (k: number, samples: number) =>
  ({
    labels: new Uint8Array(samples).fill(k % 2),
    inputs: { kind: 'exact', rows: Float32Array.from({ length: samples * WIDTH }, (_, i) => k + i), width: WIDTH },
  }) as const;

const ntk = (momentum: Momentum): NtkMethod => ({
  kind: 'ntk',
  kernel: 'averaged',
  evolution: {
    kind: 'flow',
    stepSize: { rule: 'spectral', scale: 2 },
    integrator: 'euler',
    steps: 1,
    temperature: 1,
    softLabels: [],
    teacher: 'mixed',
    priorAdjustment: 0,
  },
  momentum,
  pull: 0,
});
const gradient = (order: GradientMethod['order']): GradientMethod => ({
  kind: 'gradient',
  order,
  learningRate: 0.1,
  decay: 0,
  localSteps: 3,
  momentum: 0,
  batchSize: 'full',
});
const nesterov = ntk({ kind: 'nesterov', factor: 0.5, velocity: 'mixed' });
/** In rounds 1 and 2 of 0 to 3. */
const taught: NtkMethod = {
  ...nesterov,
  evolution: {
    ...nesterov.evolution,
    softLabels: [
      { fromRound: 1, weight: 0.25 },
      { fromRound: 3, weight: 0 },
    ],
    teacher: 'neighbours',
  },
};
/** Chooses between three steps. */
const timed: NtkMethod = {
  ...nesterov,
  evolution: {
    kind: 'timed',
    learningRate: 0.01,
    decay: 0,
    times: [1, 2, 3],
    tolerance: 0.01,
    temperature: 1,
    softLabels: [],
    teacher: 'mixed',
    priorAdjustment: 0,
  },
};
/** What neighbours get of samples. */
type Given = 'activations' | 'jacobians' | 'nothing';

const methods: [string, Method, Given?][] = [
  ['the kernel, Nesterov momentum and mixed velocities', nesterov],
  ['the kernel of whole Jacobians', nesterov, 'jacobians'],
  ['the kernel, taught by neighbours', taught],
  ['the kernel of whole Jacobians, taught by neighbours', taught, 'jacobians'],
  ['the kernel at several times', timed],
  ['the kernel of whole Jacobians at several times', timed, 'jacobians'],
  ['the kernel, a heavy ball and own velocities', ntk({ kind: 'heavy-ball', factor: 0.5, velocity: 'own' })],
  ['the kernel without momentum', ntk({ kind: 'none' })],
  ['the kernel of the own samples, pulled to the start', { ...nesterov, pull: 0.02 }, 'nothing'],
  ['the kernel of the own samples, taught by neighbours', taught, 'nothing'],
  ['steps, then the mix', gradient('step-then-mix')],
  ['the mix plus steps', gradient('mix-plus-step')],
];

const isOfRound = (message: Message): message is RoundMessage => declarations[message.type].terms.takenBy === 'round';

/**
 * A whole federation of the pure machines on an adversarial network: the seeded scheduler chooses which message or piece of
 * work comes next; a deadline fires when nothing else is left to do. The arithmetic is a stand-in that depends on everything
 * the real one does: the mixed model, the pool's order and each owner's samples.
 */
class Federation {
  readonly members: Member[];
  readonly lost = new Set<string>();
  /** `inputs` messages. */
  inputsSent = 0;
  #clock = 0;
  #mail: Mail[] = [];
  readonly #random: RandomStream;

  constructor(
    /** Round t uses entry t mod length. */
    private readonly graphs: readonly (readonly (readonly number[])[])[],
    private readonly rounds: number,
    private readonly faults: Faults,
    schedule: number,
    private readonly method: Method = nesterov,
    private readonly given: Given = 'activations',
    inputBudget = Infinity,
  ) {
    this.#random = randomStream(schedule, 'schedule');
    this.members = graphs[0]!.map((_, k) => {
      const id = `c${k}`;
      return {
        id,
        round: machine(id, method, k, given, inputBudget),
        owner: initialOwnerState('r', method),
        results: [],
        deadline: null,
        work: [],
      };
    });
    const hasVelocity = method.kind === 'ntk' && method.momentum.kind !== 'none';
    this.members.forEach((_, k) =>
      this.begin(k, 0, { weights: Float32Array.of(k, 2 * k), velocity: hasVelocity ? Float32Array.of(0, 0) : null }),
    );
  }

  begin(k: number, round: number, own: Iterate): void {
    const indices = this.#neighboursOf(k, round);
    const neighbours = indices.map((j) => ({ peer: `c${j}`, weight: 1 / (indices.length + 1) }));
    const unawaited = { ...nobody, mix: this.lost };
    const plan = { round, selfWeight: 1 / (neighbours.length + 1), neighbours, unawaited };
    this.#advance(this.members[k]!, { type: 'begin', plan, own });
  }

  #neighboursOf(k: number, round: number): readonly number[] {
    return this.graphs[round % this.graphs.length]![k]!;
  }

  lose(k: number): void {
    const gone = `c${k}`;
    this.lost.add(gone);
    this.members[k]!.work = [];
    this.members[k]!.deadline = null;
    this.#mail = this.#mail.filter(({ from, to }) => from !== gone && to !== gone);
    for (const member of this.members) if (!this.lost.has(member.id)) this.#advance(member, { type: 'lost', peer: gone });
  }

  /** Runs until nothing is left to happen; `onStep` may interfere. */
  run(onStep: (step: number) => void = () => undefined): void {
    for (let step = 0; step < 20_000; step++) {
      onStep(step);
      const busy = this.members.filter(({ work }) => work.length > 0);
      const choices = this.#mail.length + busy.length;
      if (choices === 0) {
        const since = (member: Member) => member.deadline?.since ?? Infinity;
        const waiting = this.members.reduce((first, member) => (since(member) < since(first) ? member : first));
        if (!waiting.deadline) return;
        const { round, phase } = waiting.deadline.effect;
        waiting.deadline = null;
        this.#advance(waiting, { type: 'deadline', round, phase, late: this.members.map(({ id }) => id) });
        continue;
      }
      const choice = this.#random.integer(choices);
      if (choice < busy.length) busy[choice]!.work.shift()!();
      else this.#deliver(choice - busy.length);
    }
    throw new Error('The federation never comes to rest.');
  }

  #deliver(choice: number): void {
    const chosen = this.#mail[choice]!;
    // Without reordering, the first message of the chosen channel goes.
    const at = this.faults.reorder ? choice : this.#mail.findIndex(({ from, to }) => from === chosen.from && to === chosen.to);
    const [mail] = this.#mail.splice(at, 1);
    if (!mail || this.#random.uniform() < this.faults.drop) return;
    if (this.#random.uniform() < this.faults.duplicate) this.#mail.splice(at, 0, mail);
    const { from, message } = mail;
    const member = this.members.find(({ id }) => id === mail.to)!;
    if (message.type === 'mixed' || message.type === 'residuals') this.#own(member, { type: 'message', from, message });
    else if (isOfRound(message)) this.#advance(member, { type: 'message', from, message });
  }

  #own(member: Member, event: OwnerEvent): void {
    const { state, effects } = advanceOwner(member.owner, event);
    member.owner = state;
    for (const effect of effects) this.#answer(member, effect);
  }

  #answer(member: Member, effect: OwnerEffect): void {
    const k = Number(member.id.slice(1));
    if (effect.type === 'send') return this.#send(member.id, effect.to, effect.message);
    const { to } = effect;
    if (effect.type === 'answer-inputs') return this.#send(member.id, to, { type: 'inputs', run: 'r', ...inputsOf(k, k + 1) });
    const { round } = effect;
    member.work.push(() => {
      if (effect.type === 'answer-features') {
        const { teacher } = effect;
        this.#send(member.id, to, { type: 'features', run: 'r', round, features: featuresOf(k, effect.weights), teacher });
      } else this.#send(member.id, to, { type: 'step', run: 'r', round, step: stepOf(k, effect.weights, effect.residual) });
    });
  }

  #send(from: string, to: string, message: Message): void {
    if (message.type === 'weights') expect(message.velocity !== null).toBe(sendsVelocity(this.method));
    if (message.type === 'features') expect(message.teacher !== null).toBe(neighboursTeach(this.method, message.round));
    if (this.method.kind === 'gradient' && message.type !== 'weights' && message.type !== 'decline') {
      throw new Error(`A gradient method sent '${message.type}'.`);
    }
    if (this.given === 'nothing' && message.type !== 'weights' && message.type !== 'decline') {
      throw new Error(`Who shares nothing of its samples sent '${message.type}'.`);
    }
    if (this.given === 'jacobians' && (message.type === 'residuals' || message.type === 'step')) {
      throw new Error(`Who has the Jacobians needs no '${message.type}'.`);
    }
    if (message.type === 'inputs') this.inputsSent++;
    if (!this.lost.has(to)) this.#mail.push({ from, to, message });
    else
      this.#advance(
        this.members.find(({ id }) => id === from)!,
        { type: 'lost', peer: to },
      );
  }

  #advance(member: Member, event: RoundEvent): void {
    const { state, effects } = advanceRound(member.round, event);
    member.round = state;
    const k = Number(member.id.slice(1));
    for (const effect of effects) {
      switch (effect.type) {
        case 'send':
          this.#send(member.id, effect.to, effect.message);
          break;
        case 'await':
          member.deadline = { effect, since: this.#clock++ };
          break;
        case 'descend':
          member.work.push(() => this.#advance(member, { type: 'descended', round: effect.round, change: changeOf(k, effect.weights) }));
          break;
        case 'features':
          member.work.push(() => {
            const { round, weights, teaching } = effect;
            const teacher = teaching && teacherOf(k, teaching);
            if (teacher) this.#own(member, { type: 'taught', round, teacher });
            this.#advance(member, { type: 'own-features', round, features: { features: featuresOf(k, weights), teacher } });
          });
          break;
        case 'evolve':
          member.work.push(() => {
            const samples = effect.pool.reduce((sum, { labels }) => sum + labels.length, 0);
            const sum = sumOver(effect.pool);
            const residual = Float32Array.from({ length: choicesOf(this.method) * samples }, (_, p) => Math.sin(sum + p));
            this.#advance(member, {
              type: 'evolved',
              round: effect.round,
              evolution: { residual, logits: residual, scale: 0.1 / samples },
            });
          });
          break;
        case 'pullback':
          member.work.push(() =>
            this.#advance(member, { type: 'own-step', round: effect.round, step: stepOf(k, effect.weights, effect.residual) }),
          );
          break;
        case 'back-project':
          member.work.push(() => {
            const matrices = parts(effect.residual, effect.residual.length / choicesOf(this.method));
            const step = concat(matrices.map((residual) => Float32Array.of(sumOf(residual), Math.cos(sumOver(effect.pool)))));
            this.#advance(member, { type: 'own-step', round: effect.round, step });
          });
          break;
        case 'choose':
          member.work.push(() => {
            expect(effect.steps.map(({ length }) => length)).toEqual([2, 2, 2]);
            this.#advance(member, { type: 'chosen', round: effect.round, choice: choiceOf(effect.weights, effect.steps) });
          });
          break;
        case 'finish': {
          member.deadline = null;
          member.results.push(effect.result);
          const next = nextRound(member.round, effect.result.round, (round) => this.#neighboursOf(k, round).map((j) => `c${j}`));
          if (next < this.rounds) this.begin(k, next, effect.result.iterate);
          break;
        }
        case 'introduce':
        case 'sketch-inputs':
          throw new Error('Not with exact inputs.');
      }
    }
  }
}

/** A machine with k + 1 samples. */
const machine = (self: string, method: Method, k: number, given: Given = 'activations', inputBudget = Infinity) =>
  initialRoundState(
    {
      run: 'r',
      self,
      method,
      aggregation: 'mean',
      start: Float32Array.of(0.5, -0.5),
      samples: 40,
      inputs: 'exact',
      sharesSamples: given !== 'nothing',
      features: { hidden: [1], jacobian: 0, logits: 0 },
      classes: 1,
      hasJacobians: given === 'jacobians',
      inputBudget,
    },
    method.kind === 'ntk' ? { mean: new Float32Array(WIDTH), inputs: inputsOf(k, k + 1) } : null,
  );

const changeOf = (k: number, weights: Float32Array) => Float32Array.of(Math.sin(k + weights[0]!), -0.1 * weights[1]!);
const featuresOf = (k: number, weights: Float32Array) => ({
  hidden: [new Float32Array(k + 1).fill(weights[0]! + k * weights[1]!)],
  jacobian: null,
  logits: null,
});
const teacherOf = (k: number, { models }: Teaching) =>
  new Float32Array(k + 1).fill(Math.sin(models.reduce((sum, { weights, weight }, j) => sum + (j + 1) * weight * weights[0]!, 0)));
const sumOf = (values: Float32Array) => values.reduce((a, b) => a + b, 0);
/** Depends on the members' order. */
const sumOver = (pool: readonly PoolMember[]) =>
  pool.reduce((total, { features, teacher }, p) => total + (p + 1) * (sumOf(features.hidden[0]!) + (teacher ? sumOf(teacher) : 0)), 0);
/** One for each R over the k + 1 samples. */
const stepOf = (k: number, weights: Float32Array, residual: Float32Array) =>
  concat(parts(residual, k + 1).map((matrix) => Float32Array.of(sumOf(matrix) * (k + 1), weights[0]! * 0.01)));
/** Depends on all of them. */
const choiceOf = (weights: Float32Array, steps: readonly Float32Array[]) => {
  const losses = steps.map((step) => Math.cos(100 * (weights[0]! + step[0]!)));
  return losses.indexOf(Math.min(...losses));
};

/** Each with who is `stride` before and after it. */
const ring = (clients: number, stride = 1) =>
  Array.from({ length: clients }, (_, k) =>
    [...new Set([(k + clients - stride) % clients, (k + stride) % clients])].filter((j) => j !== k),
  );
const still = [ring(4)];

function runFederation(faults: Faults, schedule: number, method: Method, given?: Given, graphs = still): Federation {
  const federation = new Federation(graphs, 4, faults, schedule, method, given);
  federation.run();
  return federation;
}

const iterates = ({ members }: Federation) => members.map(({ results }) => results.map(({ iterate }) => iterate));
const schedules = fc.nat();

test('the step of the time that was chosen is taken, with the momentum, and the evolution is the one to that time', () => {
  const start: Iterate = { weights: Float32Array.of(1, 1), velocity: Float32Array.of(2, 0) };
  const alone = { round: 0, selfWeight: 1, neighbours: [], unawaited: nobody };
  const features = { features: featuresOf(0, start.weights), teacher: null };
  const residual = Float32Array.of(1, 2, 3);
  const events: RoundEvent[] = [
    { type: 'begin', plan: alone, own: start },
    { type: 'own-features', round: 0, features },
    { type: 'evolved', round: 0, evolution: { residual, logits: Float32Array.of(4, 5, 6), scale: 0.5 } },
    { type: 'own-step', round: 0, step: Float32Array.of(10, 20, 30, 40, 50, 60) },
  ];
  const { state, effects } = events.reduce<Transition>((before, event) => advanceRound(before.state, event), {
    state: machine('c0', timed, 0),
    effects: [],
  });
  const steps = [Float32Array.of(-5, -10), Float32Array.of(-15, -20), Float32Array.of(-25, -30)];
  expect(effects).toEqual([{ type: 'choose', round: 0, weights: start.weights, steps }]);
  expect(advanceRound(state, { type: 'chosen', round: 1, choice: 1 })).toEqual({ state, effects: [] });
  const [finish] = advanceRound(state, { type: 'chosen', round: 0, choice: 1 }).effects;
  expect(finish).toMatchObject({
    type: 'finish',
    result: {
      delta: steps[1],
      evolution: { residual: Float32Array.of(2), logits: Float32Array.of(5), scale: 0.5 },
      // v = 0.5 v̄ + Δ;  w = w̄ + Δ + 0.5 v
      iterate: { velocity: Float32Array.of(-14, -20), weights: Float32Array.of(1 - 15 - 7, 1 - 20 - 10) },
    },
  });
});

describe.each(methods)('a round of %s', (_, method, given) => {
  it('gives the same result on every schedule when nothing is lost', () => {
    const reference = iterates(runFederation(noFaults, 0, method, given));
    expect(reference.flat()).toHaveLength(16);
    fc.assert(
      fc.property(schedules, (schedule) => {
        const federation = runFederation(noFaults, schedule, method, given);
        expect(iterates(federation)).toEqual(reference);
        for (const { results } of federation.members) for (const { missed } of results) expect(missed).toEqual([]);
      }),
    );
  });

  it('gives the same result on every schedule of a graph that changes, where some are rounds ahead of others', () => {
    const graphs = [1, 2, 3].map((stride) => ring(7, stride));
    const reference = iterates(runFederation(noFaults, 0, method, given, graphs));
    expect(reference.flat()).toHaveLength(28);
    fc.assert(
      fc.property(schedules, (schedule) => {
        const federation = runFederation(noFaults, schedule, method, given, graphs);
        expect(iterates(federation)).toEqual(reference);
        for (const { results } of federation.members) for (const { missed } of results) expect(missed).toEqual([]);
      }),
    );
  });

  it('is not changed by doubled messages', () => {
    const reference = iterates(runFederation(noFaults, 0, method, given));
    fc.assert(
      fc.property(schedules, (schedule) => {
        expect(iterates(runFederation({ ...noFaults, duplicate: 0.3 }, schedule, method, given))).toEqual(reference);
      }),
    );
  });

  it('ends for everyone under lost, doubled and reordered messages, with finite models and honest accounts', () => {
    fc.assert(
      fc.property(schedules, fc.double({ min: 0, max: 0.6, noNaN: true }), fc.boolean(), (schedule, drop, reorder) => {
        const { members } = runFederation({ drop, duplicate: 0.2, reorder }, schedule, method, given);
        members.forEach(({ results }, k) => {
          expect(results.at(-1)?.round).toBe(3);
          for (const { iterate, neighbours, missed } of results) {
            expect(iterate.weights.every(Number.isFinite)).toBe(true);
            const expected = ring(4)[k]!.map((j) => `c${j}`);
            expect([...neighbours, ...missed].every((peer) => expected.includes(peer))).toBe(true);
            for (const peer of expected) expect(neighbours.includes(peer) || missed.includes(peer)).toBe(true);
          }
        });
      }),
    );
  });

  it('goes on without a client that leaves at any moment', () => {
    fc.assert(
      fc.property(schedules, fc.nat(60), (schedule, moment) => {
        const federation = new Federation(still, 4, noFaults, schedule, method, given);
        federation.run((step) => {
          if (step === moment) federation.lose(2);
        });
        for (const { id, results } of federation.members) if (id !== 'c2') expect(results.map(({ round }) => round)).toEqual([0, 1, 2, 3]);
      }),
    );
  });

  it('ends when every neighbour is lost while it computes', () => {
    const federation = new Federation([[[1], [0]]], 2, noFaults, 1, method, given);
    federation.lose(1);
    federation.run();
    expect(federation.members[0]!.results.map(({ neighbours, missed }) => [neighbours, missed])).toEqual([
      [[], ['c1']],
      [[], ['c1']],
    ]);
  });
});

describe('a round', () => {
  it('asks for inputs once, or again where the budget made it forget those used longest ago, to the same result', () => {
    const [clients, rounds] = [7, 4];
    const graphs = [1, 2, 3].map((stride) => ring(clients, stride));
    const run = (schedule: number, inputBudget: number) => {
      const federation = new Federation(graphs, rounds, noFaults, schedule, nesterov, undefined, inputBudget);
      federation.run();
      return federation;
    };
    const reference = run(0, Infinity);
    // All six others in three rounds; in the fourth nobody is new.
    expect(reference.inputsSent).toBe(clients * 6);
    fc.assert(
      fc.property(schedules, fc.nat(200), (schedule, budget) => {
        const federation = run(schedule, budget);
        expect(iterates(federation)).toEqual(iterates(reference));
        federation.members.forEach(
          (
            {
              id,
              round: {
                known: { inputs },
              },
            },
            k,
          ) => {
            const pool = [id, ...graphs[0]![k]!.map((j) => `c${j}`)];
            expect([...inputs.keys()].slice(-pool.length).toSorted()).toEqual(pool.toSorted());
            const bytes = [...inputs.values()].reduce((sum, owned) => sum + owned.inputs!.rows.byteLength, 0);
            expect(inputs.size === pool.length || bytes <= budget).toBe(true);
          },
        );
      }),
    );
    expect(run(0, 0).inputsSent).toBe(clients * 2 * rounds);
  });

  it('leaves out who misses the deadline, gives its weight to the client itself, and counts it', () => {
    const federation = new Federation([[[1], [0]]], 1, { ...noFaults, drop: 1 }, 1);
    federation.run();
    const [first] = federation.members[0]!.results;
    expect(first?.missed).toEqual(['c1']);
    expect(first?.neighbours).toEqual([]);
    // Client 0 starts at (0, 0) and mixes with itself alone, so the round is its own step: Δ + μ Δ.
    const alone = first!.delta.map((component) => 1.5 * component);
    first!.iterate.weights.forEach((weight, i) => expect(weight).toBeCloseTo(alone[i]!, 6));
  });

  it('does not wait for a neighbour that is already further, and catches up with the slowest one ahead', () => {
    let state = machine('c0', ntk({ kind: 'none' }), 0);
    const iterate = { weights: Float32Array.of(1, 1), velocity: null };
    const neighbours = ['c1', 'c2'].map((peer) => ({ peer, weight: 1 / 3 }));
    const begin = {
      type: 'begin',
      plan: { round: 0, selfWeight: 1 / 3, neighbours, unawaited: nobody },
      own: iterate,
    } as const;
    state = advanceRound(state, begin).state;
    for (const [from, round] of [
      ['c1', 5],
      ['c2', 7],
    ] as const) {
      state = advanceRound(state, { type: 'message', from, message: { type: 'weights', run: 'r', round, ...iterate } }).state;
    }
    expect(state.activity.phase).toBe('linearise');
    expect(nextRound(state, 0, () => ['c1', 'c2'])).toBe(5);
    // c1 was no neighbour in round 1, and so it has not left us out there.
    expect(nextRound(state, 0, (round) => (round === 1 ? ['c3'] : ['c1', 'c2']))).toBe(1);
  });

  it('leaves out at once who declines its weights, its mixed model or its residuals', () => {
    const iterate = { weights: Float32Array.of(1, 1), velocity: null };
    const neighbours = ['c1', 'c2'].map((peer) => ({ peer, weight: 1 / 3 }));
    let state = machine('c0', ntk({ kind: 'none' }), 0);
    const hear = (from: string, message: RoundMessage) => void (state = advanceRound(state, { type: 'message', from, message }).state);
    state = advanceRound(state, {
      type: 'begin',
      plan: { round: 0, selfWeight: 1 / 3, neighbours, unawaited: nobody },
      own: iterate,
    }).state;
    hear('c1', { type: 'decline', of: 'weights', run: 'r', round: 0 });
    hear('c2', { type: 'weights', run: 'r', round: 0, ...iterate });
    expect(state.activity).toMatchObject({ phase: 'linearise', missed: new Set(['c1']), waiting: new Set(['c2']) });
    hear('c2', { type: 'decline', of: 'residuals', run: 'r', round: 0 });
    expect(state.activity).toMatchObject({ waiting: new Set(['c2']) });
    hear('c2', { type: 'decline', of: 'mixed', run: 'r', round: 0 });
    expect(state.activity).toMatchObject({ missed: new Set(['c1', 'c2']), waiting: new Set() });
  });

  it('linearises at the mix, pulled towards the start by γ', () => {
    const own = { weights: Float32Array.of(1, 3), velocity: null };
    const plan = { round: 0, selfWeight: 1, neighbours: [], unawaited: nobody };
    const pulling = { ...ntk({ kind: 'none' }), pull: 0.5 };
    const { effects } = advanceRound(machine('c0', pulling, 0), { type: 'begin', plan, own });
    expect(effects).toContainEqual({ type: 'features', round: 0, weights: Float32Array.of(0.75, 1.25), teaching: null });
  });

  it.each([
    // c / (n ρ) = 2 / (40 · 2), then of ρ = 4.
    [1, 0.025],
    [2, 0.0125],
    // At most a twentieth.
    [0, 0.05],
  ])('linearises round %i at the mix, pulled towards the start as far as the prior counts beside the samples', (round, pull) => {
    const ridge = [0.1, 2, 4].map((value, fromRound) => ({ fromRound, ridge: value }));
    const plain = ntk({ kind: 'none' });
    const solving = { ...plain, kernel: 'whole', evolution: { ...evolvedBy('ridge', plain.evolution), ridge, prior: 2 } } as const;
    const own = { weights: Float32Array.of(1, 3), velocity: null };
    const { effects } = advanceRound(machine('c0', solving, 0), {
      type: 'begin',
      plan: { round, selfWeight: 1, neighbours: [], unawaited: nobody },
      own,
    });
    const weights = Float32Array.of(1 - 0.5 * pull, 3 - 3.5 * pull);
    expect(effects).toContainEqual({ type: 'features', round, weights, teaching: null });
  });

  it('tells a stranger at once not to wait for it', () => {
    const iterate = { weights: Float32Array.of(1, 1), velocity: null };
    const idle = machine('c0', ntk({ kind: 'none' }), 0);
    const plan = { round: 2, selfWeight: 0.5, neighbours: [{ peer: 'c1', weight: 0.5 }], unawaited: nobody };
    const { state } = advanceRound(idle, { type: 'begin', plan, own: iterate });
    const late = advanceRound(state, { type: 'message', from: 'c9', message: { type: 'weights', run: 'r', round: 2, ...iterate } });
    expect(late.effects).toEqual([{ type: 'send', to: 'c9', message: { type: 'decline', of: 'weights', run: 'r', round: 2 } }]);
    expect(late.state).toBe(state);
  });
});

describe('a round that neighbours teach', () => {
  const iterate = (weight: number) => ({ weights: Float32Array.of(weight, weight), velocity: null });
  const method: NtkMethod = { ...taught, momentum: { kind: 'none' } };
  const neighbours = ['c1', 'c2'].map((peer) => ({ peer, weight: 0.25 }));
  const begin = (round: number) =>
    ({ type: 'begin', plan: { round, selfWeight: 0.5, neighbours, unawaited: nobody }, own: iterate(1) }) as const;
  const weights = (from: string, round: number, weight: number): RoundEvent => ({
    type: 'message',
    from,
    message: { type: 'weights', run: 'r', round, ...iterate(weight) },
  });

  it('is taught by the models of the mix, who missed it being replaced by the client itself, and waits twice as long', () => {
    let { state } = advanceRound(machine('c0', method, 0), begin(1));
    ({ state } = advanceRound(state, weights('c2', 1, 5)));
    const { effects } = advanceRound(state, { type: 'deadline', round: 1, phase: 'mix', late: ['c1'] });
    const teaching = {
      models: [
        { weights: Float32Array.of(1, 1), weight: 0.75 },
        { weights: Float32Array.of(5, 5), weight: 0.25 },
      ],
      temperature: 1,
    };
    expect(effects).toContainEqual({ type: 'features', round: 1, weights: Float32Array.of(2, 2), teaching });
    expect(effects).toContainEqual({ type: 'await', round: 1, phase: 'linearise', deadlines: 2, asked: ['c2'], here: [] });
  });

  it.each([
    ['weighs them nothing', method, 3],
    ['is taught by the mixed model', { ...method, evolution: { ...method.evolution, teacher: 'mixed' } } as const, 1],
  ])('computes and waits no more than any other where it %s', (_, used, round) => {
    let { state } = advanceRound(machine('c0', used, 0), begin(round));
    ({ state } = advanceRound(state, weights('c1', round, 3)));
    const { effects } = advanceRound(state, weights('c2', round, 5));
    expect(effects).toContainEqual({ type: 'features', round, weights: Float32Array.of(2.5, 2.5), teaching: null });
    expect(effects).toContainEqual({ type: 'await', round, phase: 'linearise', deadlines: 1, asked: ['c1', 'c2'], here: [] });
  });

  it('leaves out a neighbour whose teacher is not of its samples', () => {
    let { state } = advanceRound(machine('c0', method, 0), begin(1));
    for (const peer of ['c1', 'c2']) ({ state } = advanceRound(state, weights(peer, 1, 1)));
    for (const [peer, k, rows] of [
      ['c1', 1, 2],
      ['c2', 2, 2],
    ] as const) {
      const teacher = new Float32Array(rows);
      const answer = { type: 'features', run: 'r', round: 1, features: featuresOf(k, iterate(1).weights), teacher } as const;
      ({ state } = advanceRound(state, { type: 'message', from: peer, message: { type: 'inputs', run: 'r', ...inputsOf(k, k + 1) } }));
      ({ state } = advanceRound(state, { type: 'message', from: peer, message: answer }));
    }
    const own = { features: featuresOf(0, iterate(1).weights), teacher: new Float32Array(1) };
    const { effects } = advanceRound(state, { type: 'own-features', round: 1, features: own });
    const [evolve] = effects;
    expect(evolve?.type === 'evolve' && evolve.pool.map(({ key }) => key)).toEqual(['c0', 'c1']);
  });
});

describe('an owner whose neighbourhood teaches', () => {
  const weights = Float32Array.of(1, 2);
  const teacher = Float32Array.of(3);
  const ask = (from: string, round: number): OwnerEvent => ({
    type: 'message',
    from,
    message: { type: 'mixed', run: 'r', round, weights, wantsInputs: false, centre: null },
  });
  const answer = (to: string, round: number, given: Float32Array | null = teacher) => ({
    type: 'answer-features',
    to,
    round,
    weights,
    teacher: given,
  });
  const decline = (to: string, round: number) => ({ type: 'send', to, message: { type: 'decline', of: 'mixed', run: 'r', round } });

  /** The effects of each event in turn. */
  function effectsOf(...events: OwnerEvent[]): (readonly OwnerEffect[])[] {
    let state = initialOwnerState('r', taught);
    return events.map((event) => {
      const transition = advanceOwner(state, event);
      ({ state } = transition);
      return transition.effects;
    });
  }

  it('answers who asks before its own mix after it, once, and who asks later at once', () => {
    const effects = effectsOf(ask('c1', 1), ask('c2', 1), ask('c1', 1), { type: 'taught', round: 1, teacher }, ask('c3', 1));
    expect(effects).toEqual([[], [], [], [answer('c1', 1), answer('c2', 1)], [answer('c3', 1)]]);
  });

  it('makes nobody wait in a round without soft labels', () => {
    expect(effectsOf(ask('c1', 0), ask('c1', 3))).toEqual([[answer('c1', 0, null)], [answer('c1', 3, null)]]);
  });

  it('gives inputs at once all the same', () => {
    const [effects] = effectsOf({
      type: 'message',
      from: 'c1',
      message: { type: 'mixed', run: 'r', round: 1, weights, wantsInputs: true, centre: null },
    });
    expect(effects).toEqual([{ type: 'answer-inputs', to: 'c1', centre: null }]);
  });

  it('declines what it was asked of a round whose teacher is gone or never was, and lets the next one wait', () => {
    const effects = effectsOf(ask('c1', 1), ask('c2', 2), { type: 'taught', round: 2, teacher }, ask('c3', 1));
    expect(effects).toEqual([[], [], [decline('c1', 1), answer('c2', 2)], [decline('c3', 1)]]);
    expect(effectsOf(ask('c1', 2), { type: 'taught', round: 1, teacher })).toEqual([[], []]);
  });

  it('forgets who is lost, and what was asked before the last question', () => {
    const taughtLater: OwnerEvent = { type: 'taught', round: 2, teacher };
    expect(effectsOf(ask('c1', 2), { type: 'lost', peer: 'c1' }, taughtLater)).toEqual([[], [], []]);
    expect(effectsOf(ask('c1', 1), ask('c1', 2), taughtLater)).toEqual([[], [], [answer('c1', 2)]]);
  });
});

describe('a neighbour that is asked but not waited for', () => {
  const neighbours = ['c1', 'c2'].map((peer) => ({ peer, weight: 1 / 3 }));
  const begin = (unawaited: Partial<Plan['unawaited']>): RoundEvent => ({
    type: 'begin',
    plan: { round: 0, selfWeight: 1 / 3, neighbours, unawaited: { ...nobody, ...unawaited } },
    own: { weights: Float32Array.of(1, 1), velocity: Float32Array.of(0, 0) },
  });
  const message = (from: string, of: RoundMessage): RoundEvent => ({ type: 'message', from, message: of });
  const weights = { type: 'weights', run: 'r', round: 0, weights: Float32Array.of(4, 4), velocity: Float32Array.of(0, 0) } as const;
  const answers = (from: string): RoundEvent[] => {
    const k = Number(from.slice(1));
    const features = { type: 'features', run: 'r', round: 0, features: featuresOf(k, weights.weights), teacher: null } as const;
    return [message(from, { type: 'inputs', run: 'r', ...inputsOf(k, k + 1) }), message(from, features)];
  };
  const advance = (state: RoundState, ...events: RoundEvent[]) =>
    events.reduce<Transition>((before, event) => advanceRound(before.state, event), { state, effects: [] });
  const phaseOf = ({ state }: Transition) => state.activity.phase;
  const askedIn = ({ effects }: Transition) =>
    effects.flatMap((effect) => (effect.type === 'send' && effect.message.type === 'mixed' ? [effect.to] : []));

  it('is mixed if its weights are there when those of the others are', () => {
    const { state } = advanceRound(machine('c0', nesterov, 0), begin({ mix: new Set(['c2']) }));
    expect(state.activity).toMatchObject({ phase: 'mix', waiting: new Set(['c1', 'c2']) });
    const early = advance(state, message('c2', weights), message('c1', weights));
    expect([phaseOf(early), askedIn(early)]).toEqual(['linearise', ['c1', 'c2']]);
    const late = advance(state, message('c1', weights));
    expect([phaseOf(late), askedIn(late)]).toEqual(['linearise', ['c1']]);
    expect(late.state.activity).toMatchObject({ missed: new Set(['c2']) });
  });

  it.each([
    ['in the rest of the round', 0, true],
    ['a round later', 1, true],
    ['two rounds later', 2, true],
    ['three rounds later', 3, false],
  ])('is mixed with weights that came late, %s: %i, %s', (_, age, isMixed) => {
    const own = { weights: Float32Array.of(1, 1), velocity: null };
    const method = gradient('step-then-mix');
    const beginIn = (round: number): RoundEvent => ({
      type: 'begin',
      plan: { round, selfWeight: 0.5, neighbours: [{ peer: 'c2', weight: 0.5 }], unawaited: { ...nobody, mix: new Set(['c2']) } },
      own,
    });
    const none = (round: number): RoundEvent => ({ type: 'descended', round, change: Float32Array.of(0, 0) });
    const late = message('c2', { ...weights, round: 5, velocity: null });
    const machineIn5 = advance(machine('c0', method, 0), beginIn(5));
    const before = age === 0 ? advance(machineIn5.state, late, none(5)) : advance(machineIn5.state, none(5), beginIn(6), late, none(6));
    const rounds = Array.from({ length: Math.max(0, age - 1) }, (_x, k) => [beginIn(7 + k), none(7 + k)]).flat();
    const { effects } = rounds.length > 0 ? advance(before.state, ...rounds) : before;
    const results = effects.flatMap((effect) => (effect.type === 'finish' ? [effect.result] : []));
    // In its round it is an answer like others.
    const lateIn = isMixed && age > 0 ? ['c2'] : [];
    expect(results.map((result) => [[...result.iterate.weights], result.late])).toEqual([[isMixed ? [2.5, 2.5] : [1, 1], lateIn]]);
  });

  it('is in the pool if its features are there when our own and those of the others are', () => {
    const { state } = advance(
      machine('c0', nesterov, 0),
      begin({ linearise: new Set(['c2']) }),
      message('c1', weights),
      message('c2', weights),
      ...answers('c1'),
    );
    expect(state.activity).toMatchObject({ phase: 'linearise', waiting: new Set(['c2']) });
    const own: RoundEvent = { type: 'own-features', round: 0, features: { features: featuresOf(0, weights.weights), teacher: null } };
    const poolOf = ({ effects }: Transition) =>
      effects.flatMap((effect) => (effect.type === 'evolve' ? effect.pool.map(({ key }) => key) : []));
    expect(poolOf(advance(state, ...answers('c2'), own))).toEqual(['c0', 'c1', 'c2']);
    const without = advance(state, own);
    expect(poolOf(without)).toEqual(['c0', 'c1']);
    expect(without.state.activity).toMatchObject({ phase: 'evolve', missed: new Set(['c2']) });
  });
});
