import * as tf from '@tensorflow/tfjs';
import { parse } from 'valibot';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { selectBackend } from '../backend/backend.ts';
import { DeviceError } from '../backend/gpuDevice.ts';
import { randomStream, type RandomStream } from '../math/random.ts';
import { initialWeights, inputWidth } from '../model/model.ts';
import { NtkEngine } from '../ntk/engine.ts';
import { scoreOf } from '../ntk/tally.ts';
import { encodeMessage } from '../protocol/codec.ts';
import { decodeFrame, type PackedParts } from '../protocol/frame.ts';
import { modelOf } from '../settings/model.ts';
import { algorithms, usualRidge } from '../settings/presets.ts';
import type { EvolutionSettings, Method } from '../settings/method.ts';
import { defaultSettings, exchanges, withAlgorithm, type Settings } from '../settings/settings.ts';
import { useBackend } from '../testing/backends.ts';
import { framed } from '../testing/framedTransport.ts';
import { messagesOf } from '../testing/messages.ts';
import { dropsOut } from '../topology/dropout.ts';
import { graphOf } from '../topology/graph.ts';
import { acknowledgement } from '../transport/chunks.ts';
import { InProcessNetwork, type Deliver } from '../transport/inProcess.ts';
import type { PeerId, Transport } from '../transport/transport.ts';
import { bookmarkSchema, type Bookmark } from './bookmark.ts';
import { Client, type ClientOptions } from './client.ts';
import { wallClock, type Clock } from './clock.ts';
import { settledAfter } from './patience.ts';
import type { ProblemSource, Samples } from './problem.ts';
import type { ClientView } from './view.ts';

const WIDTH = 6;
const CLASSES = 3;

/** Three Gaussian clouds, each client with mostly one of them: what it learns of the others comes from its neighbours. */
function clouds(stream: string | number, count: number, skew: number | null): Samples {
  const random = randomStream(7, 'clouds', stream);
  const labels = labelsOf(count, skew, random);
  const rows = Float32Array.from({ length: count * WIDTH }, (_, i) => {
    const label = labels[Math.floor(i / WIDTH)]!;
    return random.normal() * 0.7 + (i % WIDTH === label * 2 ? 2 : 0);
  });
  return { rows, labels };
}

const IMAGE = { width: 7, height: 8, classes: CLASSES };

/** Stripes one way, the other, and both, each anywhere and under noise: a convolution tells them apart at once. */
function stripes(stream: string | number, count: number, skew: number | null): Samples {
  const { width, height } = IMAGE;
  const random = randomStream(7, 'stripes', stream);
  const labels = labelsOf(count, skew, random);
  const rows = [...labels].flatMap((label) => {
    const shift = random.integer(2);
    return Array.from({ length: width * height }, (_, i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      return 2 * ((shift + [y, x, x + y][label]!) % 2) - 1 + 0.5 * random.normal();
    });
  });
  return { rows: Float32Array.from(rows), labels };
}

function labelsOf(count: number, skew: number | null, random: RandomStream): Uint8Array {
  return Uint8Array.from({ length: count }, () => {
    return skew !== null && random.uniform() < 0.8 ? skew % CLASSES : random.integer(CLASSES);
  });
}

/** When the data of client 3 are there. */
let arrive: () => void = () => undefined;
let arrival = Promise.resolve();

/** Clouds, or stripes where there are convolutions. */
const source: ProblemSource = {
  async problem(used, number) {
    const { dataset, convolutions, hidden, samples, seed } = used;
    if (dataset === 'arrives-late' && number === 3) await arrival;
    if (dataset === 'elsewhere' && number === 1) throw new Error('There is no such data here; choose other data.');
    const isOfImages = convolutions.length > 0;
    const model = isOfImages ? modelOf(used, IMAGE) : { layers: [WIDTH, ...hidden, CLASSES] };
    const draw = isOfImages ? stripes : clouds;
    return {
      model,
      own: draw(number, samples, number),
      test:
        dataset === `broken-${number}` ? { rows: new Float32Array(WIDTH).fill(NaN), labels: Uint8Array.of(0) } : draw('test', 300, null),
      initialWeights: initialWeights(model, seed),
      startsAlike: true,
      view: null,
      digest: dataset === 'two-meanings' ? String(Math.floor(number / 2)) : '',
      share: null,
    };
  },
  graph: ({ topology, seed }, clients, round) => graphOf(topology, clients, seed, round),
};

const settings: Settings = { ...defaultSettings(), hidden: [8], samples: 30, sketchSize: 4, rounds: 6, deadlineMs: 3000 };

const { temperature, softLabels, teacher, priorAdjustment } = defaultEvolution();
/** The ridge with the whole kernel, and a prior. */
const solving: Method = {
  kind: 'ntk',
  kernel: 'whole',
  evolution: { ...usualRidge, temperature, softLabels, teacher, priorAdjustment },
  momentum: { kind: 'nesterov', factor: 0.5, velocity: 'own' },
  pull: 0,
};

function defaultEvolution(): EvolutionSettings {
  const { method } = settings;
  if (method.kind !== 'ntk') throw new Error('the default method has a kernel');
  return method.evolution;
}

/** The same with a velocity that goes along with the weights. */
const withMomentum: Method = { ...solving, momentum: { kind: 'nesterov', factor: 0.5, velocity: 'mixed' } };

function withEvolution(used: Settings, change: Partial<Pick<EvolutionSettings, 'teacher' | 'softLabels'>>): Settings {
  const { method } = used;
  if (method.kind !== 'ntk') throw new Error('only a method with a kernel evolves');
  return { ...used, method: { ...method, evolution: { ...method.evolution, ...change } } };
}

/** The wall's, and how many of its deadlines have neither passed nor been cancelled. */
class CountingClock implements Clock {
  readonly now = wallClock.now;
  readonly soon = wallClock.soon;
  readonly #pending = new Set<symbol>();

  after(ms: number, callback: () => void): () => void {
    const deadline = Symbol('deadline');
    this.#pending.add(deadline);
    const cancel = wallClock.after(ms, () => {
      this.#pending.delete(deadline);
      callback();
    });
    return () => {
      this.#pending.delete(deadline);
      cancel();
    };
  }

  get pending(): number {
    return this.#pending.size;
  }
}

class Federation {
  readonly clock = new CountingClock();
  readonly clients: Client[] = [];
  readonly transports: Transport[] = [];
  /** Of each client: tries again to reach whom it wants. */
  readonly reach: (() => void)[] = [];
  /** What each client has logged, as `topic event details`. */
  readonly lines: string[][] = [];
  readonly network: InProcessNetwork;
  #check: () => void = () => undefined;

  constructor(
    count: number,
    private readonly used: Settings = settings,
    deliver?: Deliver,
    /** Whether a channel that one end wants comes about. */
    private readonly opens: (self: string, peer: string) => boolean = () => true,
    /** What a client's frames go through on their way to the network. */
    private readonly through: (network: Transport) => Transport = (network) => network,
  ) {
    this.network = new InProcessNetwork(deliver);
    for (let k = 0; k < count; k++) this.join();
  }

  join(more: Partial<Pick<ClientOptions, 'backend' | 'bookmark' | 'keeper'>> = {}): Client {
    const joined = this.through(this.network.join());
    let wanted: readonly PeerId[] = [];
    const reach = () => joined.want(wanted.filter((peer) => this.opens(joined.self.id, peer)));
    this.reach.push(reach);
    const transport: Transport = {
      ...joined,
      want(peers) {
        wanted = peers;
        reach();
      },
    };
    const lines: string[] = [];
    this.lines.push(lines);
    const client = new Client({
      transport,
      backend: () => selectBackend('cpu'),
      source,
      settings: this.used,
      clock: this.clock,
      onView: () => this.#check(),
      viewIntervalMs: () => 5,
      gossipWaitMs: 1,
      log: (topic, event, details = {}) => lines.push(`${topic} ${event} ${JSON.stringify(details)}`),
      ...more,
    });
    this.transports.push(transport);
    this.clients.push(client);
    return client;
  }

  views(): ClientView[] {
    return this.clients.map((client) => client.view());
  }

  /** @param mayFail whether a client that fails is part of it. */
  until(condition: (views: ClientView[]) => boolean, mayFail = false): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#check = () => {
        const views = this.views();
        const failed = views.find(({ status }) => status.kind === 'failed');
        if (failed?.status.kind === 'failed' && !mayFail) reject(new Error(failed.status.message));
        else if (condition(views)) resolve();
      };
      this.#check();
    });
  }

  async start(): Promise<void> {
    await this.until((views) => views.every((view) => isReady(view, views.length)));
    this.clients[0]!.command({ type: 'start' });
  }

  async close(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()));
  }
}

/** A bookmark as it is found again in a browser, whose tabs have other ids each time. */
function afterwards(bookmark: Bookmark | null): Bookmark {
  const found = parse(bookmarkSchema, structuredClone(bookmark));
  const { run } = found.register;
  return { ...found, register: { ...found.register, run: run && { ...run, founders: run.founders.map((id) => `${id}-before`) } } };
}

const fieldsOf = (frame: Uint8Array) => JSON.stringify(decodeFrame(frame).fields);
const isReady = ({ status, peers }: ClientView, clients: number) =>
  status.kind === 'lobby' && peers.length === clients - 1 && peers.every(({ readiness }) => readiness.kind === 'ready');
const reached = ({ status }: ClientView) => status.kind === 'finished' && status.why === 'reached';
const scored = (view: ClientView) => view.summaries.length === view.settings.rounds;

let federation: Federation | undefined;
afterEach(async () => {
  await federation?.close();
  federation = undefined;
});

/** One algorithm of each kind of round. */
const families = ['sparkmesh', 'dfedavgm', 'dpsgd'] as const;

describe('clients of a room', () => {
  it.each([
    { exchange: 'exact' },
    { exchange: 'sketch' },
    { exchange: 'jacobian' },
    { exchange: 'projected', projection: 'dense' },
    { exchange: 'projected', projection: 'khatri-rao' },
    { exchange: 'weights' },
    { exchange: 'weights', method: solving },
    { exchange: 'sketch', method: solving },
  ] as const)('learn from each other what none has alone: %o', async (choice) => {
    federation = new Federation(3, { ...settings, ...choice, projectionSize: 60 });
    await federation.start();
    await federation.until((views) => views.every((view) => reached(view) && scored(view)));
    const [view] = federation.views();
    const last = view!.summaries.at(-1)!;
    expect(last.averaged.accuracy).toBeGreaterThan(0.85);
    expect(last.clients.map(({ number }) => number)).toEqual([0, 1, 2]);
    for (const { own } of federation.views()) for (const { missed } of own) expect(missed).toEqual([]);
  });

  it.each(['sparkmesh', 'dfedavgm'] as const)('train convolutions with %s, and share nothing of their inputs', async (algorithm) => {
    federation = new Federation(3, { ...withAlgorithm(settings, algorithm), convolutions: [4], wire: 'f32', rounds: 8 });
    await federation.start();
    await federation.until((views) => views.every((view) => reached(view) && scored(view)));
    const [view] = federation.views();
    const accuracies = view!.summaries.map(({ averaged }) => averaged.accuracy);
    expect(accuracies.at(-1)).toBeGreaterThan(0.9);
    expect(accuracies.at(-1)).toBeGreaterThan(accuracies[0]! + 0.1);
    for (const { own } of federation.views()) for (const { missed } of own) expect(missed).toEqual([]);
    const { sent } = view!.peers[0]!;
    expect(sent).not.toHaveProperty('mean');
    if (algorithm !== 'sparkmesh') return expect(sent).not.toHaveProperty('inputs');
    // Labels alone; of a sample the derivatives of each class by 9 weights and a bias of 4 channels, what the first dense layer
    // reads (2 x 3 pixels of 4 channels), and 8 hidden units.
    expect(sent['inputs']).toBeLessThan(300);
    const features = 4 * 30 * (CLASSES * 4 * (9 + 1) + 2 * 3 * 4 + 8);
    expect(sent['features']).toBeGreaterThan(8 * features);
    expect(sent['features']).toBeLessThan(8 * (features + 400));
  });

  it.each(algorithms.filter((algorithm) => algorithm !== 'centralised'))('learn from each other with %s', async (algorithm) => {
    // One step a round needs more rounds.
    federation = new Federation(3, { ...withAlgorithm(settings, algorithm), rounds: algorithm === 'dpsgd' ? 80 : 8 });
    await federation.start();
    await federation.until((views) => views.every((view) => reached(view) && scored(view)));
    const { summaries } = federation.views()[0]!;
    expect(summaries.at(-1)!.averaged.accuracy).toBeGreaterThan(0.85);
    expect(summaries.at(-1)!.averaged.loss).toBeLessThan(summaries[0]!.averaged.loss);
    for (const { own } of federation.views()) for (const { missed } of own) expect(missed).toEqual([]);
  });

  it('end with the model that was scored as their average, which the evaluator sends the others, and can examine it and their own', async () => {
    federation = new Federation(3, { ...settings, rounds: 2 });
    const models = () => federation!.clients.map((client) => client.model());
    expect(models()).toEqual([null, null, null]);
    await federation.start();
    await federation.until(
      (views) => views.every((view) => reached(view) && scored(view)) && models().every((model) => model?.of === 'averaged'),
    );
    const [averaged, ...sent] = models();
    for (const model of [averaged, ...sent]) expect(model).toMatchObject({ of: 'averaged', rounds: 2, participants: 3 });
    for (const { weights } of sent.map((model) => model!)) {
      expect(Math.max(...weights.map((weight, i) => Math.abs(weight - averaged!.weights[i]!)))).toBeLessThan(1e-3);
    }
    const problem = await source.problem(settings, 0, () => undefined);
    const engine = new NtkEngine(problem.model, 'layers');
    const scoresOf = async ({ weights }: { weights: Float32Array }) =>
      scoreOf(await engine.evaluate(weights, problem.test!.rows, problem.test!.labels));
    const [view, ...others] = federation.views();
    expect(await scoresOf(averaged!)).toEqual(view!.summaries.at(-1)!.averaged);
    engine.dispose();
    const count = problem.test!.labels.length;
    for (const [k, client] of federation.clients.entries()) {
      const [ofAll, mine, ...rest] = await client.examine();
      expect([ofAll, mine, rest]).toMatchObject([{ of: 'averaged' }, { of: 'own', rounds: 2, participants: 3 }, []]);
      if (k === 0) expect(ofAll!.confusion).toEqual(view!.summaries.at(-1)!.confusion);
      const { confusion, mistakes } = mine!;
      const right = confusion.filter((_, i) => i % (CLASSES + 1) === 0).reduce((sum, found) => sum + found, 0);
      expect(right / count).toBeCloseTo([view!, ...others][k]!.own.at(-1)!.score.accuracy, 10);
      expect(mistakes).toHaveLength(Math.min(24, count - right));
      expect(mistakes.map(({ probability }) => -probability)).toEqual(
        mistakes.map(({ probability }) => -probability).sort((a, b) => a - b),
      );
      for (const { label, named, values } of mistakes) expect([label === named, values.length]).toEqual([false, inputWidth(problem.model)]);
    }
  });

  it('train alone where training is centralised', async () => {
    federation = new Federation(1, { ...withAlgorithm(settings, 'centralised'), rounds: 3 });
    await federation.start();
    await federation.until((views) => views.every((view) => reached(view) && scored(view)));
    const { own, bytes } = federation.views()[0]!;
    expect(own.map(({ neighbours, missed }) => [...neighbours, ...missed])).toEqual([[], [], []]);
    expect(own.at(-1)!.score.accuracy).toBeGreaterThan(0.6);
    expect(bytes.training).toBe(0);
  });

  it('go on without those who drop out of a round, who keep their models', async () => {
    const rounds = 8;
    federation = new Federation(4, { ...settings, rounds, dropout: 0.4, seed: 5 });
    await federation.start();
    await federation.until((views) => views.every((view) => reached(view) && scored(view)));
    const views = federation.views();
    const isOut = (client: number, round: number) => dropsOut({ dropout: 0.4, seed: 5 }, client, round);
    views.forEach(({ own, self }) => {
      own.forEach(({ round, neighbours, missed, score, bytesSent }) => {
        const ring = [`c${(self.number + 1) % 4}`, `c${(self.number + 3) % 4}`];
        const out = ring.filter((peer) => isOut(Number(peer.slice(1)), round)).sort();
        if (isOut(self.number, round)) {
          expect({ neighbours, missed, bytesSent }).toEqual({ neighbours: [], missed: [], bytesSent: 0 });
          if (round > 0) expect(score).toEqual(own[round - 1]!.score);
        } else {
          expect([...missed].sort()).toEqual(out);
          expect(neighbours).toHaveLength(2 - out.length);
        }
      });
    });
    expect(views.flatMap(({ own }) => own.flatMap(({ missed }) => missed)).length).toBeGreaterThan(5);
  });

  it.each(['dfedavg', 'dfedavgm', 'dpsgd'] as const)('send weights alone for %s, and tell its phases', async (algorithm) => {
    federation = new Federation(3, { ...withAlgorithm(settings, algorithm), rounds: 2 });
    await federation.start();
    await federation.until((views) => views.every((view) => reached(view) && scored(view)));
    for (const { peers, own } of federation.views()) {
      for (const { sent } of peers) {
        const training = Object.keys(sent).filter(
          (kind) => !['metrics', 'averaged', 'summary', 'room', 'readiness', 'decline', 'ack'].includes(kind),
        );
        expect(training).toEqual(['weights']);
      }
      const phases = algorithm === 'dpsgd' ? ['evaluate', 'mix'] : ['descend', 'evaluate', 'mix'];
      for (const round of own) expect(Object.keys(round.phases).sort()).toEqual(phases);
    }
  });

  it.each([
    ['mixed', 2],
    ['own', 1],
  ] as const)('send %s velocities with the weights, or leave them at home', async (velocity, vectors) => {
    const { method } = settings;
    if (method.kind !== 'ntk') throw new Error('the default method has a kernel');
    const momentum = { kind: 'heavy-ball', factor: 0.5, velocity } as const;
    federation = new Federation(2, { ...settings, method: { ...method, momentum }, wire: 'f32', rounds: 1 });
    await federation.start();
    await federation.until((views) => views.every((view) => reached(view) && scored(view)));
    const parameters = (WIDTH + 1) * 8 + (8 + 1) * CLASSES;
    const { weights } = federation.views()[0]!.peers[0]!.sent;
    expect(weights).toBeGreaterThan(4 * parameters * vectors);
    expect(weights).toBeLessThan(4 * parameters * vectors + 400);
  });

  it.each(families)('count every byte alike at both ends, training apart from evaluation, with %s', async (algorithm) => {
    federation = new Federation(4, withAlgorithm(settings, algorithm));
    await federation.start();
    await federation.until((views) => views.every((view) => reached(view) && scored(view)));
    const views = federation.views();
    for (const a of views) {
      for (const b of views) {
        const sent = a.peers.find(({ id }) => id === b.self.id)?.sent;
        const received = b.peers.find(({ id }) => id === a.self.id)?.received;
        expect(received).toEqual(sent);
      }
      const isTraining = ([kind]: [string, number]) =>
        !['metrics', 'averaged', 'summary', 'room', 'readiness', 'decline', 'ack'].includes(kind);
      const training = a.peers.flatMap(({ sent }) => Object.entries(sent).filter(isTraining)).reduce((sum, [, bytes]) => sum + bytes, 0);
      expect(a.bytes.training).toBe(training);
    }
    const [first] = views;
    const sent = views.reduce((sum, { bytes }) => sum + bytes.training, 0);
    const inRounds = views.reduce((sum, { own }) => sum + own.reduce((total, { bytesSent }) => total + bytesSent, 0), 0);
    expect(inRounds).toBe(sent);
    expect(first!.summaries.reduce((sum, { bytesSent }) => sum + bytesSent, 0)).toBe(sent);
  });

  it.each(families)('give the same federation for the same seed, whatever the wire rounds, with %s', async (algorithm) => {
    const accuracies = [];
    for (const wire of ['f32', 'f32', 'f16', 'q8', 'q8'] as const) {
      // As large as q8 needs to round anything.
      federation = new Federation(3, { ...withAlgorithm(settings, algorithm), hidden: [160], wire });
      await federation.start();
      await federation.until((views) => views.every((view) => reached(view) && scored(view)));
      accuracies.push(federation.views()[0]!.summaries.map(({ averaged }) => averaged.accuracy));
      await federation.close();
    }
    const [first, again, halves, bytes, bytesAgain] = accuracies;
    expect(again).toEqual(first);
    expect(bytesAgain).toEqual(bytes);
    for (const rounded of [halves, bytes]) expect(Math.abs(first!.at(-1)! - rounded!.at(-1)!)).toBeLessThanOrEqual(0.04);
  });

  it.each(families)('go on without one that leaves, with %s', async (algorithm) => {
    federation = new Federation(4, { ...withAlgorithm(settings, algorithm), rounds: 12 });
    await federation.start();
    await federation.until((views) => views.every(({ own }) => own.length >= 2));
    await federation.clients.splice(2, 1)[0]!.close();
    await federation.until((views) => views.every((view) => reached(view) && scored(view)));
    const [view] = federation.views();
    expect(view!.summaries.at(-1)!.clients.map(({ number }) => number)).toEqual([0, 1, 3]);
    expect(view!.peers.find(({ number }) => number === 2)?.channel).toBe('lost');
  });

  it.each(['sparkmesh', 'dfedavgm'] as const)('take in one that comes late, with %s', async (algorithm) => {
    federation = new Federation(3, { ...withAlgorithm(settings, algorithm), rounds: 20 });
    await federation.start();
    await federation.until((views) => views.every(({ own }) => own.length >= 2));
    const late = federation.join();
    await federation.until((views) => views.every(reached));
    const { own } = late.view();
    expect(own.length).toBeGreaterThan(2);
    expect(own[0]!.round).toBeGreaterThan(1);
    expect(own[0]!.round).toBeLessThan(12);
    // It starts from a neighbour's model, not from scratch.
    expect(own[0]!.score.accuracy).toBeGreaterThan(0.5);
    await federation.until((views) => views[0]!.summaries.at(-1)?.clients.length === 4);
  });

  it('go on in a run where their tabs were gone, with their own model and history, and forget that place when it is over', async () => {
    let latest: Bookmark | null = null;
    let forgotten = 0;
    const sent: PackedParts[] = [];
    const deliver: Deliver = (from, _to, frame) => {
      if (from === 'c4' && fieldsOf(frame).includes('"type":"weights"')) sent.push(decodeFrame(frame));
      return 'deliver';
    };
    federation = new Federation(3, { ...settings, method: withMomentum, wire: 'f32', rounds: 60 }, deliver);
    const keeper = { keep: (bookmark: Bookmark) => void (latest = bookmark), forget: () => void (forgotten += 1) };
    const leaver = federation.join({ keeper });
    await federation.start();
    await federation.until((views) => views[3]!.own.length >= 3);
    leaver.hold(0);
    const bookmark = parse(bookmarkSchema, structuredClone(latest));
    expect(bookmark).toMatchObject({ number: 3, register: { settings: { rounds: 60 }, run: { id: leaver.view().run } } });
    expect(forgotten).toBe(0);
    // Another id, as a tab has that was loaded again.
    const back = federation.join({ bookmark, keeper });
    await leaver.close();
    expect(federation.clients.indexOf(back)).toBe(4);
    await federation.until((views) => views.every((view, k) => k === 3 || reached(view)));
    const { own } = back.view();
    expect(own.slice(0, bookmark.own.length)).toEqual(bookmark.own);
    const rounds = own.map(({ round }) => round);
    expect(rounds).toEqual([...new Set(rounds)].sort((a, b) => a - b));
    expect(rounds.at(-1)).toBe(59);
    expect(own[bookmark.own.length]!.round).toBeGreaterThanOrEqual(bookmark.round);
    const { weights, velocity } = bookmark;
    const { arrays } = sent[0]!;
    expect({ weights: arrays['weights']!.read(), velocity: arrays['velocity']!.read() }).toEqual({ weights, velocity });
    expect(velocity!.some((value) => value !== 0)).toBe(true);
    expect(forgotten).toBeGreaterThan(0);
  });

  it.each([1, 2])('go on from what they have kept when nobody else has the run any more, %i of them at once', async (count) => {
    const latest: Bookmark[] = [];
    const gone = new Federation(3, { ...settings, rounds: 12 });
    const keepers = Array.from({ length: count }, (_, k) => ({
      keep: (bookmark: Bookmark) => void (latest[k] = bookmark),
      forget: () => undefined,
    }));
    for (const keeper of keepers) gone.join({ keeper });
    federation = gone;
    await gone.start();
    await gone.until((views) => views.every(({ own }) => own.length >= 3));
    await gone.close();
    const bookmarks = latest.map(afterwards);
    // A room that knows of neither the run nor its settings; nobody waits for the deadline.
    const anew = new Federation(0, { ...settings, hidden: [5], deadlineMs: 120_000 });
    federation = anew;
    for (const bookmark of bookmarks) anew.join({ bookmark });
    await anew.until((views) => views.every(reached));
    for (const [k, { own, run, settings: used }] of anew.views().entries()) {
      const kept = bookmarks[k]!;
      expect([run, used]).toEqual([kept.register.run!.id, kept.register.settings]);
      expect(own.slice(0, kept.own.length)).toEqual(kept.own);
      expect(own[kept.own.length]!.round).toBeGreaterThanOrEqual(kept.round);
      expect(own.at(-1)!.round).toBe(11);
      expect(own.at(-1)!.neighbours).toHaveLength(count - 1);
    }
  });

  it('keep to what the others have decided since: a run that they have stopped is over', async () => {
    let latest: Bookmark | null = null;
    federation = new Federation(2, { ...settings, rounds: 500 });
    const keeper = { keep: (bookmark: Bookmark) => void (latest = bookmark), forget: () => undefined };
    const leaver = federation.join({ keeper });
    await federation.start();
    await federation.until((views) => views[2]!.own.length >= 3);
    const bookmark = afterwards(latest);
    await leaver.close();
    federation.clients[0]!.command({ type: 'stop' });
    const back = federation.join({ bookmark });
    await federation.until(() => back.view().status.kind === 'finished');
    expect(back.view().status).toEqual({ kind: 'finished', why: 'stopped' });
    expect(federation.views()[0]!.status).toEqual({ kind: 'finished', why: 'stopped' });
  });

  it('go on by themselves when all their tabs were gone one after another', async () => {
    const latest: Bookmark[] = [];
    const keepers = [0, 1].map((k) => ({ keep: (bookmark: Bookmark) => void (latest[k] = bookmark), forget: () => undefined }));
    const joined = new Federation(0, { ...settings, rounds: 40, deadlineMs: 1000 });
    federation = joined;
    const leavers = keepers.map((keeper) => joined.join({ keeper }));
    await joined.start();
    await joined.until((views) => views.every(({ own }) => own.length >= 4));
    for (const leaver of leavers) leaver.hold(0);
    await joined.until((views) => views.every(({ phase }) => phase === null));
    const bookmarks = latest.map((bookmark) => parse(bookmarkSchema, structuredClone(bookmark)));
    // They are there before the others have gone, so that the room and its run live on, and ids are new as those of tabs are.
    for (const bookmark of bookmarks) joined.join({ bookmark });
    await joined.until((views) => views.slice(2).every(({ run }) => run === bookmarks[0]!.register.run!.id));
    for (const leaver of leavers) await leaver.close();
    await joined.until((views) => views.slice(2).every(reached));
    for (const [k, { own }] of joined.views().slice(2).entries()) {
      expect(own.slice(0, bookmarks[k]!.own.length)).toEqual(bookmarks[k]!.own);
      expect(own.at(-1)!.round).toBe(39);
    }
  });

  it('hear who comes, and a stop, while they train alone', async () => {
    federation = new Federation(2, { ...settings, rounds: 5000 });
    await federation.start();
    await federation.until((views) => views[0]!.own.length > 2);
    await federation.clients[1]!.close();
    await federation.until(([first]) => first!.own.at(-1)!.neighbours.length === 0);
    const late = federation.join();
    await federation.until(() => late.view().own.length > 2);
    late.command({ type: 'stop' });
    await federation.until(([first]) => first!.status.kind === 'finished');
    const [first] = federation.views();
    expect(first!.status).toEqual({ kind: 'finished', why: 'stopped' });
    expect(first!.own.length).toBeLessThan(4000);
  });

  it('pause, go on and stop when anyone says so', async () => {
    federation = new Federation(3, { ...settings, rounds: 500 });
    await federation.start();
    await federation.until((views) => views.every(({ own }) => own.length >= 1));
    federation.clients[2]!.command({ type: 'pause' });
    await federation.until((views) => views.every(({ status, phase }) => status.kind === 'paused' && phase === null));
    const paused = federation.views().map(({ own }) => own.length);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(federation.views().map(({ own }) => own.length)).toEqual(paused);
    federation.clients[1]!.command({ type: 'resume' });
    await federation.until((views) => views.every(({ own }, k) => own.length > paused[k]! + 1));
    federation.clients[0]!.command({ type: 'stop' });
    await federation.until((views) => views.every(({ status }) => status.kind === 'finished' && status.why === 'stopped'));
  });

  it('stop when somebody says so in the very moment in which another enters the run', async () => {
    let onEntering: () => void = () => undefined;
    federation = new Federation(3, { ...settings, rounds: 500 }, (from, _to, frame) => {
      const isEntering = from === 'c3' && /"joined":\["c3"\]/.test(JSON.stringify(decodeFrame(frame).fields));
      if (isEntering) onEntering();
      return 'deliver';
    });
    await federation.start();
    await federation.until((views) => views.every(({ own }) => own.length >= 1));
    onEntering = () => federation?.clients[0]!.command({ type: 'stop' });
    federation.join();
    await federation.until((views) => views.every(({ status }) => status.kind === 'finished' && status.why === 'stopped'));
  }, 10_000);

  it.each(['jacobian', 'projected'] as const)('exchange %s, and no inputs, means or, of whole Jacobians, steps', async (exchange) => {
    federation = new Federation(2, { ...settings, exchange, projectionSize: 20, rounds: 2, wire: 'f32' });
    await federation.start();
    await federation.until((views) => views.every((view) => reached(view) && scored(view)));
    const sent = federation.views()[0]!.peers[0]!.sent;
    const training = Object.keys(sent).filter(
      (kind) => !['metrics', 'averaged', 'summary', 'room', 'readiness', 'decline', 'ack'].includes(kind),
    );
    const ofStep = exchange === 'projected' ? ['residuals', 'step'] : [];
    expect(training.sort()).toEqual(['features', 'inputs', 'mixed', ...ofStep, 'weights']);
    expect(sent['inputs']).toBeLessThan(settings.samples + 300);
    const numbers = settings.samples * CLASSES * (exchange === 'projected' ? 20 : (WIDTH + 1) * 8 + 9 * CLASSES);
    expect(sent['features']! / 2 - 4 * numbers).toBeGreaterThan(0);
    expect(sent['features']! / 2 - 4 * numbers).toBeLessThan(4 * settings.samples * CLASSES + 400);
  });

  describe('taught by neighbours', () => {
    /** Losses of the averaged model, bytes of the features to one neighbour, and who was missed: four clients, of whom not all are neighbours. */
    async function taught(teacher: EvolutionSettings['teacher'], change: Partial<Settings>, softLabels: EvolutionSettings['softLabels']) {
      federation = new Federation(4, withEvolution({ ...settings, ...change, projectionSize: 20, wire: 'f32' }, { teacher, softLabels }));
      await federation.start();
      await federation.until((views) => views.every((view) => reached(view) && scored(view)));
      const [view] = federation.views();
      const missed = federation.views().flatMap(({ own }) => own.flatMap((round) => round.missed));
      await federation.close();
      return { losses: view!.summaries.map(({ averaged }) => averaged.loss), features: view!.peers[0]!.sent['features']!, missed };
    }

    it.each(exchanges)('learn as from the mixed model while all models are alike, and otherwise later, exchanging %s', async (exchange) => {
      const always = [{ fromRound: 0, weight: 2 }];
      const mixed = await taught('mixed', { exchange, rounds: 3 }, always);
      const neighbours = await taught('neighbours', { exchange, rounds: 3 }, always);
      expect(neighbours.losses[0]! / mixed.losses[0]!).toBeCloseTo(1, 4);
      expect(Math.abs(neighbours.losses[2]! - mixed.losses[2]!)).toBeGreaterThan(1e-4);
      expect(await taught('neighbours', { exchange, rounds: 3 }, always)).toEqual(neighbours);
      expect(neighbours.missed).toEqual([]);
    });

    it.each([{ convolutions: [] }, { convolutions: [3] }])('get better with %j', async ({ convolutions }) => {
      const { losses, missed } = await taught('neighbours', { convolutions, rounds: 8 }, [{ fromRound: 1, weight: 0.25 }]);
      expect(losses.at(-1)).toBeLessThan(losses[0]!);
      expect(missed).toEqual([]);
    });

    it('send the logits of their samples in rounds with soft labels, and in no others', async () => {
      const stages = [
        { fromRound: 1, weight: 0.25 },
        { fromRound: 3, weight: 0 },
      ];
      const bytes = async (teacher: EvolutionSettings['teacher'], softLabels: typeof stages) =>
        (await taught(teacher, { rounds: 4 }, softLabels)).features;
      const without = await bytes('mixed', stages);
      const more = (await bytes('neighbours', stages)) - without - 2 * 4 * settings.samples * CLASSES;
      expect(more).toBeGreaterThan(0);
      expect(more).toBeLessThan(200);
      expect(await bytes('neighbours', [])).toBe(await bytes('mixed', []));
    });

    it('go on while frames are lost and doubled', async () => {
      let answers = 0;
      const deliver: Deliver = (_from, _to, frame) => {
        if (!/"type":"(weights|mixed|features|step)"/.test(fieldsOf(frame))) return 'deliver';
        answers++;
        return answers % 20 === 0 ? 'drop' : answers % 7 === 0 ? 'twice' : 'deliver';
      };
      federation = new Federation(4, withEvolution({ ...settings, deadlineMs: 250 }, { teacher: 'neighbours' }), deliver);
      await federation.start();
      await federation.until((views) => views.every(reached));
      const own = federation.views().flatMap((view) => view.own);
      expect(own.some(({ missed }) => missed.length > 0)).toBe(true);
      expect(own.every(({ score }) => Number.isFinite(score.loss))).toBe(true);
      expect(federation.views().every(({ notice }) => notice === null)).toBe(true);
    });

    it('leave no tensor behind', async () => {
      await selectBackend('cpu');
      const before = tf.memory().numTensors;
      await taught('neighbours', {}, [{ fromRound: 0, weight: 0.25 }]);
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  it('wait where they are for other settings than those that make no model', async () => {
    federation = new Federation(2);
    await federation.until((views) => views.every(({ status }) => status.kind === 'lobby'));
    const impossible: Settings = { ...settings, convolutions: [4, 4] };
    federation.clients[0]!.command({ type: 'configure', settings: impossible });
    await federation.until((views) => views.every(({ notice }) => notice !== null));
    for (const { notice, status } of federation.views()) {
      expect(notice).toMatch(/^Convolution 2 would read an image of only/);
      expect(status.kind).toBe('preparing');
    }
    federation.clients[1]!.command({ type: 'configure', settings });
    await federation.until((views) => views.every(({ status }) => status.kind === 'lobby'));
  });

  it('have taken a request when they have answered it, so that a window bounds what waits for a busy client', async () => {
    let run = '';
    federation = new Federation(2, { ...settings, rounds: 1000 }, (_from, _to, frame) => {
      run ||= /"run":"([^"]+)"/.exec(fieldsOf(frame))?.[1] ?? '';
      return 'deliver';
    });
    await federation.start();
    await federation.until((views) => views.every(({ own }) => own.length > 0));
    federation.clients[0]!.command({ type: 'pause' });
    const [asking, answering] = federation.transports;
    const sent = vi.spyOn(answering!, 'send');
    const answered = () => sent.mock.calls.filter(([, frame]) => /"type":"features".*"round":50[0-4]\b/.test(fieldsOf(frame)));
    const weights = initialWeights({ layers: [WIDTH, 8, CLASSES] }, settings.seed);
    const requests = Array.from({ length: 5 }, (_, k) => {
      const mixed = { type: 'mixed', run, round: 500 + k, weights, wantsInputs: false, centre: null } as const;
      return asking!.send('c1', encodeMessage(mixed, 'f32'));
    });
    await requests[0];
    expect(answered().length).toBeGreaterThan(0);
    await Promise.all(requests);
    expect(answered()).toHaveLength(5);
  });

  it('can run again with other settings', async () => {
    federation = new Federation(2, { ...settings, rounds: 1 });
    await federation.start();
    await federation.until((views) => views.every((view) => reached(view) && scored(view)));
    federation.clients[1]!.command({ type: 'configure', settings: { ...settings, rounds: 2, hidden: [4, 4] } });
    await federation.until((views) =>
      views.every(({ settings: used, status, peers }) => {
        return used.rounds === 2 && status.kind !== 'preparing' && peers.every(({ readiness }) => readiness.kind === 'ready');
      }),
    );
    federation.clients[1]!.command({ type: 'start' });
    await federation.until((views) => views.every(({ own, status }) => own.length === 2 && status.kind === 'finished'));
  });

  it('that cannot have the data say so, and are there again when other data is chosen', async () => {
    federation = new Federation(2);
    await federation.until((views) => views.every(({ status, peers }) => status.kind === 'lobby' && peers.length === 1));
    const [first, second] = federation.clients;
    const statusOf = async (client: Client, kind: string) => {
      while (client.view().status.kind !== kind) await new Promise((resolve) => setTimeout(resolve, 5));
      return client.view().status;
    };
    first!.command({ type: 'configure', settings: { ...settings, dataset: 'elsewhere' } });
    expect(await statusOf(second!, 'failed')).toEqual({ kind: 'failed', message: 'There is no such data here; choose other data.' });
    second!.command({ type: 'configure', settings });
    await statusOf(second!, 'lobby');
    await federation.start();
    await federation.until((views) => views.every(reached));
  });

  it.each([0, 2])('go on at once without client %i, which fails, knowing why, and miss no summary', async (broken) => {
    federation = new Federation(4, { ...settings, dataset: `broken-${broken}`, deadlineMs: 600_000 });
    await federation.start();
    const others = (views: ClientView[]) => views.filter((_, k) => k !== broken);
    await federation.until((views) => others(views).every((view) => reached(view) && scored(view)), true);
    const views = federation.views();
    expect(views[broken]!.status).toMatchObject({ kind: 'failed', message: expect.stringMatching(/^The logits are not finite any more/) });
    for (const { peers, own, summaries, graph } of others(views)) {
      expect(peers.find(({ number }) => number === broken)!.readiness).toMatchObject({
        kind: 'failed',
        why: expect.stringMatching(/^The logits/),
      });
      expect(graph).toHaveLength(3);
      expect(own.slice(2).flatMap(({ missed }) => missed)).toEqual([]);
      expect(summaries.map(({ round }) => round)).toEqual([0, 1, 2, 3, 4, 5]);
      expect(summaries.at(-1)!.clients.map(({ number }) => number)).toEqual([0, 1, 2, 3].filter((k) => k !== broken));
    }
  });

  it('begin together when all are ready for new settings where somebody could not wait to start', async () => {
    federation = new Federation(4, settings);
    await federation.until((views) => views.every((view) => isReady(view, views.length)));
    federation.clients[0]!.command({ type: 'configure', settings: { ...settings, rounds: 2 } });
    federation.clients[0]!.command({ type: 'start' });
    await federation.until((views) => views.every((view) => reached(view) && view.own.length === 2));
  });

  it('begin after a while without one that takes long to be ready again', async () => {
    arrival = new Promise((resolve) => {
      arrive = resolve;
    });
    federation = new Federation(4, settings);
    await federation.until((views) => views.every((view) => isReady(view, views.length)));
    federation.clients[1]!.command({ type: 'configure', settings: { ...settings, dataset: 'arrives-late', rounds: 2 } });
    federation.clients[1]!.command({ type: 'start' });
    await federation.until((views) => views.slice(0, 3).every((view) => reached(view) && view.own.length === 2));
    expect(federation.views()[3]!.status.kind).toBe('preparing');
    arrive();
  });

  it('that came too late for any round of the others know that it is over', async () => {
    arrival = new Promise((resolve) => {
      arrive = resolve;
    });
    const deliver: Deliver = (_from, to, frame) => (to === 'c3' && /"type":"weights"/.test(fieldsOf(frame)) ? 'drop' : 'deliver');
    federation = new Federation(4, { ...settings, dataset: 'arrives-late', rounds: 12, deadlineMs: 300 }, deliver);
    await federation.until((views) =>
      views.slice(0, 3).every(({ peers }) => peers.filter(({ readiness }) => readiness.kind === 'ready').length === 2),
    );
    federation.clients[0]!.command({ type: 'start' });
    arrive();
    await federation.until((views) => views.slice(0, 3).every(reached) && views[3]!.status.kind === 'finished');
    expect(federation.views()[3]!.status).toEqual({ kind: 'finished', why: 'missed' });
  });

  it('begin without one that is not prepared, which joins when it is', async () => {
    arrival = new Promise((resolve) => {
      arrive = resolve;
    });
    federation = new Federation(4, { ...settings, dataset: 'arrives-late', rounds: 20, deadlineMs: 600_000 });
    await federation.until((views) =>
      views.slice(0, 3).every(({ peers }) => peers.filter(({ readiness }) => readiness.kind === 'ready').length === 2),
    );
    federation.clients[0]!.command({ type: 'start' });
    await federation.until((views) => views[0]!.own.length >= 3);
    for (const { missed } of federation.views()[0]!.own) expect(missed).toEqual([]);
    expect(federation.views()[0]!.peers.at(-1)!.readiness.kind).toBe('preparing');
    arrive();
    await federation.until((views) => views.every(reached));
    expect(federation.views()[3]!.own[0]!.round).toBeGreaterThan(2);
  });

  it('end with a sentence when training diverges', async () => {
    const { method, ...rest } = withAlgorithm(settings, 'dfedavg');
    if (method.kind !== 'gradient') throw new Error('DFedAvg takes gradient steps');
    federation = new Federation(2, { ...rest, method: { ...method, learningRate: 1e6, localSteps: 50 }, rounds: 100 });
    await federation.start();
    await federation.until((views) => views.some(({ status }) => status.kind === 'failed'), true);
    const messages = federation.views().flatMap(({ status }) => (status.kind === 'failed' ? [status.message] : []));
    expect(messages[0]).toMatch(/are not finite any more: training has diverged/);
  });

  it('go on with the next backend where the graphics processor of one fails, which says so', async () => {
    await useBackend('wasm');
    federation = new Federation(0);
    for (let k = 0; k < 2; k++) federation.join({ backend: () => selectBackend('wasm') });
    await federation.until((views) => views.every((view) => isReady(view, 2)));
    vi.spyOn(NtkEngine.prototype, 'features').mockRejectedValueOnce(new DeviceError('the device was lost'));
    await federation.start();
    await federation.until((views) => views.every(reached));
    const views = federation.views();
    const struck = views.filter(({ notice }) => notice !== null);
    expect(struck.map(({ notice, backend }) => [notice, backend?.name])).toEqual([
      ['The graphics processor failed; this client goes on with plain JavaScript, which may be slower.', 'cpu'],
    ]);
    expect(views.map(({ own }) => own.length)).toEqual([settings.rounds, settings.rounds]);
  });

  it('look at what they have learned with the next backend where the graphics processor fails when the run is over', async () => {
    await useBackend('wasm');
    federation = new Federation(0);
    for (let k = 0; k < 2; k++) federation.join({ backend: () => selectBackend('wasm') });
    await federation.until((views) => views.every((view) => isReady(view, 2)));
    await federation.start();
    await federation.until((views) => views.every(reached));
    vi.spyOn(tf.backend(), 'read').mockRejectedValueOnce(new DeviceError('the device was lost'));
    const [client] = federation.clients;
    expect((await client!.examine()).map(({ of }) => of)).toEqual(['averaged', 'own']);
    expect(client!.view().backend?.name).toBe('cpu');
    vi.spyOn(tf.backend(), 'read').mockRejectedValueOnce(new Error('another failure'));
    await expect(client!.examine()).rejects.toThrow('another failure');
  });

  it('leave the room where their data of the same name are others, and nobody waits for them', async () => {
    federation = new Federation(3, { ...settings, dataset: 'two-meanings' });
    await federation.start();
    await federation.until(([first, second, third]) => reached(first!) && reached(second!) && third!.status.kind === 'failed', true);
    const [first, , third] = federation.views();
    expect(third!.status).toMatchObject({ message: expect.stringMatching(/has other data called "two-meanings" than whoever started/) });
    expect(first!.peers.find(({ number }) => number === 2)!.channel).toBe('lost');
    expect(first!.summaries.at(-1)!.clients).toHaveLength(2);
  });

  it('log whom they wait for when a neighbour falls silent, and that its deadline has passed', async () => {
    const deliver: Deliver = (from, _to, frame) => {
      const isDue = /"type":"(weights|mixed|features|step)"/.test(fieldsOf(frame));
      return from === 'c2' && isDue ? 'drop' : 'deliver';
    };
    federation = new Federation(3, { ...settings, rounds: 1, deadlineMs: 150 }, deliver);
    await federation.start();
    await federation.until((views) => views.slice(0, 2).every(reached));
    const [lines] = federation.lines;
    const has = (line: RegExp) => lines!.findIndex((logged) => line.test(logged));
    const steps = [
      has(/^client prepares \{"step":"timing and compiling the kernels"\}/),
      has(/^client enters .*"founder":true/),
      has(/^round waits \{"round":0,"phase":"mix","for":\["c1","c2"\]/),
      has(/^round answered \{"round":0,"phase":"mix","by":"c1","for":\["c2"\]\}/),
      has(/^round deadline \{"round":0,"phase":"mix","missed":\["c2"\]\}/),
      has(/^round waits \{"round":0,"phase":"linearise","for":\["c1"\],"missed":\["c2"\]\}/),
      has(/^round ends \{"round":0,"neighbours":\["c1"\],"missed":\["c2"\]\}/),
    ];
    expect(steps).not.toContain(-1);
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
  });

  it('tell a person about frames they cannot use, and go on', async () => {
    federation = new Federation(2);
    await federation.start();
    await federation.until((views) => views.every(({ own }) => own.length >= 1));
    await federation.transports[1]!.send('c0', Uint8Array.of(1, 2, 3));
    await federation.until((views) => views.every((view) => reached(view)));
    expect(federation.views()[0]!.notice).toMatch(/Client 1 sent something/);
    expect(federation.lines[0]!.some((line) => line.startsWith('client rejected {"from":"c1"'))).toBe(true);
  });

  it.each([
    ['sends nothing but what means nothing', (): Uint8Array<ArrayBuffer> => Uint8Array.of(1, 2, 3), 40, /32 of its frames cannot be used/],
    [
      'floods them with words',
      (): Uint8Array<ArrayBuffer> =>
        encodeMessage({ type: 'readiness', readiness: [{ peer: 'nobody', version: 1, state: { kind: 'ready' } }] }, 'f16'),
      6000,
      /over 100 words a second/,
    ],
  ])('disconnect who %s, tell it why, and go on without it', async (_, frame, count, why) => {
    federation = new Federation(4, { ...settings, rounds: 30, deadlineMs: 600_000 });
    await federation.start();
    await federation.until((views) => views.every(({ own }) => own.length >= 1));
    const sent = Array.from({ length: count }, () => federation!.transports[3]!.send('c0', frame()));
    await Promise.allSettled(sent);
    await federation.until((views) => views.every(reached));
    const [first, , , offender] = federation.views();
    expect(first!.peers.find(({ number }) => number === 3)!.channel).toBe('lost');
    expect(first!.own.at(-1)!.neighbours).toEqual(['c1']);
    expect(federation.lines[0]!.filter((line) => line.startsWith('client refuses {"peer":"c3"'))).toHaveLength(1);
    expect(offender!.notice).toMatch(new RegExp(`Client 0 has disconnected this client: .*${why.source}`));
    expect(offender!.own.at(-1)!.neighbours).toEqual(['c2']);
  });

  it('let frames come up to the size of those that their run has, before any of it comes', async () => {
    const seen: string[] = [];
    let largest = 0;
    const watched = (network: Transport): Transport => ({
      ...network,
      admit: (bytes) => {
        seen.push('admits');
        expect(bytes).toBeGreaterThanOrEqual(largest);
        // Of so small a model: far less than the largest frame that there may be.
        expect(bytes).toBeLessThan(2 ** 20);
      },
    });
    const deliver: Deliver = (_from, to, frame) => {
      largest = Math.max(largest, frame.length);
      if (to === 'c0' && fieldsOf(frame).includes('"run":"')) seen.push('of the run');
      return 'deliver';
    };
    federation = new Federation(3, settings, deliver, undefined, watched);
    await federation.start();
    await federation.until((views) => views.every(reached));
    expect(seen.filter((what) => what === 'admits')).toHaveLength(3);
    expect(seen.indexOf('admits')).toBeLessThan(seen.indexOf('of the run'));
  });

  it.each([
    ['sends what is no message of a channel', () => Uint8Array.of(1, 2, 3), /less than its header/],
    ['begins a frame that is none of the next', () => messagesOf(new Uint8Array(1), 2 ** 31)[0]!, /of frame \d+ is due/],
    ['acknowledges what it was not sent', () => acknowledgement(2 ** 31), /Acknowledgement of \d+ frames/],
  ])('disconnect who %s at once, tell it why, and go on without it', async (_, message, why) => {
    const below: Transport[] = [];
    federation = new Federation(4, { ...settings, rounds: 30, deadlineMs: 600_000 }, undefined, undefined, (network) => {
      below.push(network);
      return framed(network);
    });
    await federation.start();
    await federation.until((views) => views.every(({ own }) => own.length >= 1));
    await below[3]!.send('c0', message());
    await federation.until((views) => views.every(reached));
    const [first, , , offender] = federation.views();
    expect(first!.peers.find(({ number }) => number === 3)!.channel).toBe('lost');
    expect(first!.notice).toMatch(new RegExp(`Client 3 was disconnected: .*${why.source}`));
    expect(first!.own.at(-1)!.neighbours).toEqual(['c1']);
    expect(federation.lines[0]!.filter((line) => line.startsWith('client refuses {"peer":"c3"'))).toHaveLength(1);
    expect(offender!.notice).toMatch(new RegExp(`Client 0 has disconnected this client: .*${why.source}`));
    expect(offender!.own.at(-1)!.neighbours).toEqual(['c2']);
  });

  it('end by themselves when patience has ended, and leave no deadline behind', async () => {
    const dpsgd = withAlgorithm(settings, 'dpsgd');
    const still = { ...dpsgd, method: { ...dpsgd.method, learningRate: 1e-9 } };
    federation = new Federation(3, { ...still, rounds: 500, patience: 3 });
    await federation.start();
    await federation.until((views) => views.every(({ status }) => status.kind === 'finished' && status.why === 'settled'));
    // The first round brings what there is.
    for (const { summaries } of federation.views()) expect(settledAfter(summaries, 3)).toBe(4);
    expect(federation.clock.pending).toBe(0);
  });

  it('believe what a round came to from the evaluator alone', async () => {
    let run = '';
    federation = new Federation(3, settings, (_from, _to, frame) => {
      run ||= /"run":"([^"]+)"/.exec(JSON.stringify(decodeFrame(frame).fields))?.[1] ?? '';
      return 'deliver';
    });
    await federation.start();
    await federation.until((views) => views.every(({ own }) => own.length >= 1));
    const best = { accuracy: 1, loss: 0 };
    const summary = { round: settings.rounds - 1, averaged: best, confusion: [], mean: best, clients: [], bytesSent: 0, seconds: 0 };
    await federation.transports[2]!.send('c1', encodeMessage({ type: 'summary', run, summary }, 'f16'));
    await federation.until((views) => views.every((view) => reached(view) && scored(view)));
    const [told, other] = [1, 0].map((k) => federation!.views()[k]!.summaries);
    expect(told).toEqual(other);
    expect(told!.at(-1)!.clients).toHaveLength(3);
  });

  it('sum up what more than nine come to along a tree, in which nobody is sent more than eight sums', async () => {
    federation = new Federation(12, { ...settings, rounds: 3 });
    await federation.start();
    await federation.until((views) => views.every((view) => reached(view) && scored(view)));
    const views = federation.views();
    const [first] = views;
    expect(first!.summaries.map(({ clients }) => clients.map(({ number }) => number))).toEqual(
      Array.from({ length: 3 }, () => Array.from({ length: 12 }, (_, k) => k)),
    );
    for (const { summaries } of views) expect(summaries).toEqual(first!.summaries);
    const last = views.map(({ own }) => own.at(-1)!.score);
    expect(first!.summaries.at(-1)!.mean.accuracy).toBeCloseTo(
      last.reduce((sum, { accuracy }) => sum + accuracy / 12, 0),
      10,
    );
    const sources = views.map(({ peers }) => peers.flatMap(({ number, received }) => (received['metrics'] ? [number] : [])));
    expect(sources.slice(0, 3)).toEqual([[1, 2, 3, 4, 5, 6, 7, 8], [9, 10, 11], []]);
  });

  it.each([0, 1])('miss no round of each other when client %i, through whom many are summed up, leaves', async (leaver) => {
    federation = new Federation(12, { ...settings, rounds: 8, deadlineMs: 600_000 });
    await federation.start();
    await federation.until((views) => views.every(({ own }) => own.length >= 2));
    await federation.clients[leaver]!.close();
    const others = (views: ClientView[]) => views.filter((_, k) => k !== leaver);
    await federation.until((views) => others(views).every((view) => reached(view) && scored(view)));
    for (const { summaries } of others(federation.views())) {
      const numbers = summaries.at(-1)!.clients.map(({ number }) => number);
      expect(numbers).toEqual(Array.from({ length: 12 }, (_, k) => k).filter((k) => k !== leaver));
    }
  });

  it('hear what the rounds came to, and have the averaged model, when the channel that it comes over opens late', async () => {
    let isLate = true;
    const ends = ['c0', 'c5'];
    const ring = { ...settings, topology: { kind: 'ring' }, deadlineMs: 500 } as const;
    federation = new Federation(7, ring, undefined, (self, peer) => !isLate || !ends.includes(self) || !ends.includes(peer));
    await federation.start();
    await federation.until((views) => views.every((view, k) => reached(view) && (k === 5 || scored(view))));
    expect(federation.views()[5]!.summaries).toEqual([]);
    isLate = false;
    federation.reach[5]!();
    await federation.until((views) => scored(views[5]!));
    expect(federation.clients[5]!.model()?.of).toBe('averaged');
  });

  it.each([...families.map((algorithm) => [algorithm, []] as const), ['sparkmesh', [3]] as const, ['dpsgd', [3]] as const])(
    'leave no deadline and no tensor behind with %s and convolutions %j',
    async (algorithm, convolutions) => {
      await selectBackend('cpu');
      const before = tf.memory().numTensors;
      federation = new Federation(3, { ...withAlgorithm(settings, algorithm), convolutions: [...convolutions] });
      await federation.start();
      await federation.until((views) => views.every((view) => reached(view) && scored(view)));
      expect(federation.clock.pending).toBe(0);
      await federation.close();
      expect(tf.memory().numTensors).toBe(before);
    },
  );
});
