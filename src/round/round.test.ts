import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '../protocol/messages.ts';
import { randomStream, type RandomStream } from '../math/random.ts';
import type { PoolMember } from '../ntk/pool.ts';
import { advanceOwner, initialOwnerState, type OwnerEffect, type OwnerEvent, type OwnerState } from './owner.ts';
import { sendsVelocity, type GradientMethod, type Method, type Momentum, type NtkMethod } from '../settings/method.ts';
import type { Iterate } from './iterate.ts';
import { advanceRound, initialRoundState, nextRound } from './round.ts';
import type { RoundEffect, RoundEvent, RoundMessage, RoundResult, RoundState } from './state.ts';

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

const WIDTH = 2;
const inputsOf = (k: number, samples: number) => ({
  labels: new Uint8Array(samples).fill(k % 2),
  inputs: { kind: 'exact', rows: Float32Array.from({ length: samples * WIDTH }, (_, i) => k + i), width: WIDTH },
}) as const;

const ntk = (momentum: Momentum): NtkMethod => ({
  kind: 'ntk',
  evolution: {
    stepSize: { rule: 'spectral', scale: 2 },
    integrator: 'euler',
    steps: 1,
    temperature: 1,
    softLabels: [],
    priorAdjustment: 0,
  },
  momentum,
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
/** Each with whether neighbours get whole Jacobians. */
const methods: [string, Method, boolean?][] = [
  ['the kernel, Nesterov momentum and mixed velocities', nesterov],
  ['the kernel of whole Jacobians', nesterov, true],
  ['the kernel, a heavy ball and own velocities', ntk({ kind: 'heavy-ball', factor: 0.5, velocity: 'own' })],
  ['the kernel without momentum', ntk({ kind: 'none' })],
  ['steps, then the mix', gradient('step-then-mix')],
  ['the mix plus steps', gradient('mix-plus-step')],
];

/**
 * A whole federation of the pure machines on an adversarial network: the seeded scheduler chooses which message or piece of
 * work comes next; a deadline fires when nothing else is left to do. The arithmetic is a stand-in that depends on everything
 * the real one does: the mixed model, the pool's order and each owner's samples.
 */
class Federation {
  readonly members: Member[];
  readonly lost = new Set<string>();
  #clock = 0;
  #mail: Mail[] = [];
  readonly #random: RandomStream;

  constructor(
    private readonly graph: readonly (readonly number[])[],
    private readonly rounds: number,
    private readonly faults: Faults,
    schedule: number,
    private readonly method: Method = nesterov,
    private readonly hasJacobians = false,
  ) {
    this.#random = randomStream(schedule, 'schedule');
    this.members = graph.map((_, k) => {
      const id = `c${k}`;
      return {
        id,
        round: machine(id, method, k, hasJacobians),
        owner: initialOwnerState('r'),
        results: [],
        deadline: null,
        work: [],
      };
    });
    const hasVelocity = method.kind === 'ntk' && method.momentum.kind !== 'none';
    graph.forEach((_, k) =>
      this.begin(k, 0, { weights: Float32Array.of(k, 2 * k), velocity: hasVelocity ? Float32Array.of(0, 0) : null }),
    );
  }

  begin(k: number, round: number, own: Iterate): void {
    const neighbours = this.graph[k]!.map((j) => ({ peer: `c${j}`, weight: 1 / (this.graph[k]!.length + 1) }));
    const plan = { round, selfWeight: 1 / (neighbours.length + 1), neighbours, unreachable: this.lost };
    this.#advance(this.members[k]!, { type: 'begin', plan, own });
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
        this.#advance(waiting, { type: 'deadline', round, phase });
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
    else if (message.type !== 'room' && message.type !== 'metrics' && message.type !== 'summary') {
      this.#advance(member, { type: 'message', from, message });
    }
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
      if (effect.type === 'answer-factors') {
        this.#send(member.id, to, { type: 'factors', run: 'r', round, features: featuresOf(k, effect.weights) });
      } else this.#send(member.id, to, { type: 'step', run: 'r', round, step: stepOf(k, effect.weights, effect.residual) });
    });
  }

  #send(from: string, to: string, message: Message): void {
    if (message.type === 'weights') expect(message.velocity !== null).toBe(sendsVelocity(this.method));
    if (this.method.kind === 'gradient' && message.type !== 'weights' && message.type !== 'decline') {
      throw new Error(`A gradient method sent '${message.type}'.`);
    }
    if (this.hasJacobians && (message.type === 'residuals' || message.type === 'step')) {
      throw new Error(`Who has the Jacobians needs no '${message.type}'.`);
    }
    if (!this.lost.has(to)) this.#mail.push({ from, to, message });
    else this.#advance(this.members.find(({ id }) => id === from)!, { type: 'lost', peer: to });
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
          member.work.push(() =>
            this.#advance(member, { type: 'descended', round: effect.round, change: changeOf(k, effect.weights) }),
          );
          break;
        case 'features':
          member.work.push(() =>
            this.#advance(member, { type: 'own-features', round: effect.round, features: featuresOf(k, effect.weights) }),
          );
          break;
        case 'evolve':
          member.work.push(() => {
            const samples = effect.pool.reduce((sum, { labels }) => sum + labels.length, 0);
            const sum = sumOver(effect.pool);
            const residual = Float32Array.from({ length: samples }, (_, p) => Math.sin(sum + p));
            this.#advance(member, { type: 'evolved', round: effect.round, evolution: { residual, logits: residual, stepSize: 0.1 } });
          });
          break;
        case 'pullback':
          member.work.push(() =>
            this.#advance(member, { type: 'own-step', round: effect.round, step: stepOf(k, effect.weights, effect.residual) }),
          );
          break;
        case 'back-project':
          member.work.push(() => {
            const step = Float32Array.of(effect.residual.reduce((a, b) => a + b, 0), Math.cos(sumOver(effect.pool)));
            this.#advance(member, { type: 'own-step', round: effect.round, step });
          });
          break;
        case 'finish': {
          member.deadline = null;
          member.results.push(effect.result);
          const next = nextRound(member.round, effect.result.round);
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
const machine = (self: string, method: Method, k: number, hasJacobians = false) =>
  initialRoundState(
    { run: 'r', self, method, inputs: 'exact', features: { hidden: [1], jacobian: 0, logits: 0 }, hasJacobians },
    method.kind === 'ntk' ? { mean: new Float32Array(WIDTH), inputs: inputsOf(k, k + 1) } : null,
  );

const changeOf = (k: number, weights: Float32Array) => Float32Array.of(Math.sin(k + weights[0]!), -0.1 * weights[1]!);
const featuresOf = (k: number, weights: Float32Array) => ({
  hidden: [new Float32Array(k + 1).fill(weights[0]! + k * weights[1]!)],
  jacobian: null,
  logits: null,
});
/** Depends on the members' order. */
const sumOver = (pool: readonly PoolMember[]) =>
  pool.reduce((total, { features }, p) => total + (p + 1) * features.hidden[0]!.reduce((a, b) => a + b, 0), 0);
const stepOf = (k: number, weights: Float32Array, residual: Float32Array) =>
  Float32Array.of(residual.reduce((a, b) => a + b, 0) * (k + 1), weights[0]! * 0.01);

const ring = (clients: number) =>
  Array.from({ length: clients }, (_, k) => [...new Set([(k + clients - 1) % clients, (k + 1) % clients])].filter((j) => j !== k));

function runFederation(faults: Faults, schedule: number, method: Method, hasJacobians?: boolean): Federation {
  const federation = new Federation(ring(4), 4, faults, schedule, method, hasJacobians);
  federation.run();
  return federation;
}

const iterates = ({ members }: Federation) => members.map(({ results }) => results.map(({ iterate }) => iterate));
const schedules = fc.nat();

describe.each(methods)('a round of %s', (_, method, hasJacobians) => {
  it('gives the same result on every schedule when nothing is lost', () => {
    const reference = iterates(runFederation(noFaults, 0, method, hasJacobians));
    expect(reference.flat()).toHaveLength(16);
    fc.assert(
      fc.property(schedules, (schedule) => {
        const federation = runFederation(noFaults, schedule, method, hasJacobians);
        expect(iterates(federation)).toEqual(reference);
        for (const { results } of federation.members) for (const { missed } of results) expect(missed).toEqual([]);
      }),
    );
  });

  it('is not changed by doubled messages', () => {
    const reference = iterates(runFederation(noFaults, 0, method, hasJacobians));
    fc.assert(
      fc.property(schedules, (schedule) => {
        expect(iterates(runFederation({ ...noFaults, duplicate: 0.3 }, schedule, method, hasJacobians))).toEqual(reference);
      }),
    );
  });

  it('ends for everyone under lost, doubled and reordered messages, with finite models and honest accounts', () => {
    fc.assert(
      fc.property(schedules, fc.double({ min: 0, max: 0.6, noNaN: true }), fc.boolean(), (schedule, drop, reorder) => {
        const { members } = runFederation({ drop, duplicate: 0.2, reorder }, schedule, method, hasJacobians);
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
        const federation = new Federation(ring(4), 4, noFaults, schedule, method, hasJacobians);
        federation.run((step) => {
          if (step === moment) federation.lose(2);
        });
        for (const { id, results } of federation.members) if (id !== 'c2') expect(results.map(({ round }) => round)).toEqual([0, 1, 2, 3]);
      }),
    );
  });

  it('ends when every neighbour is lost while it computes', () => {
    const federation = new Federation([[1], [0]], 2, noFaults, 1, method, hasJacobians);
    federation.lose(1);
    federation.run();
    expect(federation.members[0]!.results.map(({ neighbours, missed }) => [neighbours, missed])).toEqual([
      [[], ['c1']],
      [[], ['c1']],
    ]);
  });
});

describe('a round', () => {
  it('leaves out who misses the deadline, gives its weight to the client itself, and counts it', () => {
    const federation = new Federation([[1], [0]], 1, { ...noFaults, drop: 1 }, 1);
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
    const begin = { type: 'begin', plan: { round: 0, selfWeight: 1 / 3, neighbours, unreachable: new Set<string>() }, own: iterate } as const;
    state = advanceRound(state, begin).state;
    for (const [from, round] of [['c1', 5], ['c2', 7]] as const) {
      state = advanceRound(state, { type: 'message', from, message: { type: 'weights', run: 'r', round, ...iterate } }).state;
    }
    expect(state.activity.phase).toBe('linearise');
    expect(nextRound(state, 0)).toBe(5);
  });

  it('leaves out at once who declines its weights, its mixed model or its residuals', () => {
    const iterate = { weights: Float32Array.of(1, 1), velocity: null };
    const neighbours = ['c1', 'c2'].map((peer) => ({ peer, weight: 1 / 3 }));
    let state = machine('c0', ntk({ kind: 'none' }), 0);
    const hear = (from: string, message: RoundMessage) => void (state = advanceRound(state, { type: 'message', from, message }).state);
    state = advanceRound(state, {
      type: 'begin', plan: { round: 0, selfWeight: 1 / 3, neighbours, unreachable: new Set() }, own: iterate,
    }).state;
    hear('c1', { type: 'decline', of: 'weights', run: 'r', round: 0 });
    hear('c2', { type: 'weights', run: 'r', round: 0, ...iterate });
    expect(state.activity).toMatchObject({ phase: 'linearise', missed: new Set(['c1']), waiting: new Set(['c2']) });
    hear('c2', { type: 'decline', of: 'residuals', run: 'r', round: 0 });
    expect(state.activity).toMatchObject({ waiting: new Set(['c2']) });
    hear('c2', { type: 'decline', of: 'mixed', run: 'r', round: 0 });
    expect(state.activity).toMatchObject({ missed: new Set(['c1', 'c2']), waiting: new Set() });
  });

  it('tells a stranger at once not to wait for it', () => {
    const iterate = { weights: Float32Array.of(1, 1), velocity: null };
    const idle = machine('c0', ntk({ kind: 'none' }), 0);
    const plan = { round: 2, selfWeight: 0.5, neighbours: [{ peer: 'c1', weight: 0.5 }], unreachable: new Set<string>() };
    const { state } = advanceRound(idle, { type: 'begin', plan, own: iterate });
    const late = advanceRound(state, { type: 'message', from: 'c9', message: { type: 'weights', run: 'r', round: 2, ...iterate } });
    expect(late.effects).toEqual([{ type: 'send', to: 'c9', message: { type: 'decline', of: 'weights', run: 'r', round: 2 } }]);
    expect(late.state).toBe(state);
  });
});
