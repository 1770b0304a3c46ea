/** What a client computes in a run, on its own samples, one thing after another: the engine, its queue and what it uploaded. */
import { DeviceError } from '../../backend/gpuDevice.ts';
import { miniBatches } from '../../data/batches.ts';
import { randomStream } from '../../math/random.ts';
import { add } from '../../math/vectors.ts';
import { inputWidth } from '../../model/model.ts';
import { descend } from '../../ntk/descent.ts';
import { NtkEngine, type Teaching } from '../../ntk/engine.ts';
import type { Evolved } from '../../ntk/evolution.ts';
import type { Features, InputFeatures, PoolMember } from '../../ntk/pool.ts';
import { sketchInputs, sketchMatrix } from '../../ntk/sketch.ts';
import { sumOf, type Tally } from '../../ntk/tally.ts';
import { weightedMean } from '../../round/iterate.ts';
import type { OwnedInputs, RoundEffect } from '../../round/state.ts';
import { evolutionIn } from '../../settings/method.ts';
import { featureForm, kernelInputs } from '../../settings/settings.ts';
import { examine, type Examination } from '../examination.ts';
import type { LearnedModel } from '../learned.ts';
import type { Samples } from '../problem.ts';
import type { Work, WorkTimes } from '../view.ts';
import { DivergenceError, finite } from './finite.ts';
import type { RunOptions } from './options.ts';
import { WorkQueue } from './workQueue.ts';

type Effect<Type extends RoundEffect['type']> = Extract<RoundEffect, { type: Type }>;

export class Computation {
  #engine: NtkEngine;
  readonly #queue: WorkQueue;
  /** The own samples' inputs on the device, n x width. */
  #inputs: ReturnType<NtkEngine['upload']>;
  /** The matrix that inputs are sketched by, width x columns; null where they are not. */
  readonly #sketch: Float32Array | null;
  /** The own inputs where neighbours may have them as they are. */
  readonly #exact: InputFeatures | null;
  #isDisposed = false;
  /** While another backend takes over. */
  #recovery: Promise<void> | null = null;

  /** @param onError told of what a task threw, unless that was after `dispose`. */
  constructor(
    private readonly options: Pick<RunOptions, 'settings' | 'problem' | 'self' | 'clock' | 'productBudget' | 'trace' | 'fallBack'>,
    onError: (error: unknown) => void,
  ) {
    const { settings, problem, clock } = options;
    const { model, own } = problem;
    const width = inputWidth(model);
    const shared = kernelInputs(settings);
    ({ engine: this.#engine, inputs: this.#inputs } = this.#upload());
    this.#sketch = shared === 'sketch' ? sketchMatrix(width, Math.min(settings.sketchSize, width), settings.seed) : null;
    this.#exact = shared === 'exact' ? { kind: 'exact', rows: own.rows, width } : null;
    this.#queue = new WorkQueue(clock, (error) => {
      if (!this.#isDisposed) onError(error);
    });
  }

  /** Brings what is computed with to the backend that computes. */
  #upload() {
    const { settings, problem, productBudget } = this.options;
    const { model, own } = problem;
    const engine = new NtkEngine(model, featureForm(settings), productBudget);
    return { engine, inputs: engine.upload(own.rows, own.labels.length, inputWidth(model)) };
  }

  /** Computes something, on the next backend where the GPU fails: all that a run knows is in host memory. */
  async #compute<T>(compute: (engine: NtkEngine, inputs: ReturnType<NtkEngine['upload']>) => Promise<T>): Promise<T> {
    const engine = this.#engine;
    try {
      return await compute(engine, this.#inputs);
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      // What looks at a model does not wait for its turn: something else may have found out before.
      if (engine === this.#engine) await (this.#recovery ??= this.#recover());
      return compute(this.#engine, this.#inputs);
    }
  }

  async #recover(): Promise<void> {
    this.#engine.dispose();
    await this.options.fallBack();
    if (!this.#isDisposed) ({ engine: this.#engine, inputs: this.#inputs } = this.#upload());
    this.#recovery = null;
  }

  /** What a model makes of samples: at once, and after the run too. */
  examine(learned: LearnedModel, samples: Samples): Promise<Examination> {
    return this.#compute(({ spec }) => examine(spec, learned, samples));
  }

  /** Has a task wait for its turn; what it causes when it is done comes before the next one's turn. */
  enqueue(work: Work, task: () => Promise<void>): void {
    this.#queue.add(work, task);
  }

  /** Has a task wait that no round waits for: many at once hold up nobody. */
  enqueueAside(work: Work, task: () => Promise<void>): void {
    this.#queue.addAside(work, task);
  }

  /** Resolves when all tasks so far have ended. */
  settled(): Promise<void> {
    return this.#queue.settled();
  }

  /** The time of the tasks that ended since the last call, ms. */
  takeTimes(): WorkTimes {
    return this.#queue.takeTimes();
  }

  /** The change that gradient steps on the own samples make to these weights: at η_t, with this client's and round's batches. */
  async descend({ round, weights, method }: Effect<'descend'>): Promise<Float32Array> {
    const { settings, problem, self } = this.options;
    const { labels } = problem.own;
    const { learningRate, decay, momentum, localSteps, batchSize } = method;
    const random = randomStream(settings.seed, 'batches', self.number, round);
    const steps = {
      learningRate: learningRate * Math.exp(-decay * round),
      momentum,
      batches: batchSize === 'full' ? Array<null>(localSteps).fill(null) : miniBatches(labels.length, batchSize, localSteps, random),
    };
    const change = await this.#compute((engine, inputs) => descend(engine.spec, weights, inputs, labels, steps));
    return finite('The weights', change);
  }

  /** The logits that these models teach the own samples with, n x C. */
  async teach(teaching: Teaching): Promise<Float32Array> {
    return finite('The logits', await this.#compute((engine, inputs) => engine.teacher(teaching, inputs)));
  }

  /** What a kernel needs of the own samples at these weights. */
  async features(weights: Float32Array): Promise<Features> {
    const features = await this.#compute((engine, inputs) => engine.features(weights, inputs));
    const { hidden, jacobian, logits } = features;
    for (const values of [...hidden, ...(jacobian ? [jacobian] : []), ...(logits ? [logits] : [])]) finite('The activations', values);
    return features;
  }

  /** The pool's residuals after evolving its logits. */
  async evolve({ round, weights, pool, method: { kernel, evolution } }: Effect<'evolve'>): Promise<Evolved> {
    const options = evolutionIn(evolution, round);
    const wantKernel = this.options.trace !== null;
    const evolved = await this.#compute((engine) => engine.evolve({ weights, pool, kernel, options, wantKernel }));
    finite('The residuals', evolved.residual);
    return evolved;
  }

  /** J_pᵀ R_p of the own samples at these weights. */
  async pullback(weights: Float32Array, residual: Float32Array): Promise<Float32Array> {
    return finite('The steps', await this.#compute((engine, inputs) => engine.pullback(weights, inputs, residual)));
  }

  /** Jᵀ R of the pool, from its members' Jacobians. */
  async backProject(pool: readonly PoolMember[], residual: Float32Array): Promise<Float32Array> {
    return finite('The steps', await this.#compute((engine) => engine.backProject(pool, residual)));
  }

  /** Which of the steps leads from the weights to the model with the lowest loss on the own samples. */
  async choose(weights: Float32Array, steps: readonly Float32Array[]): Promise<number> {
    const { rows, labels } = this.options.problem.own;
    const losses: number[] = [];
    for (const step of steps) {
      const { loss } = await this.#compute((engine) => engine.evaluate(add(weights, step), rows, labels));
      losses.push(Number.isNaN(loss) ? Infinity : loss);
    }
    return losses.indexOf(Math.min(...losses));
  }

  /** What a model of these weights makes of the samples that are scored on here; of none nothing. */
  async tally(weights: Float32Array): Promise<Tally> {
    const { test } = this.options.problem;
    if (!test) return sumOf([]);
    const tally = await this.#compute((engine) => engine.evaluate(weights, test.rows, test.labels));
    if (!Number.isFinite(tally.loss)) throw new DivergenceError('The logits');
    return tally;
  }

  /** The mean of the own inputs, `width` floats. */
  mean(): Float32Array {
    const { own, model } = this.options.problem;
    const width = inputWidth(model);
    const rows = own.labels.length;
    return weightedMean(Array.from({ length: rows }, (_, p) => ({ vector: own.rows.subarray(p * width, (p + 1) * width), weight: 1 })));
  }

  /** The own labels, and inputs as a neighbour may have them: exact, sketched around its centre, or none. */
  inputsFor(centre: Float32Array | null): OwnedInputs {
    const { own, model } = this.options.problem;
    const { labels, rows } = own;
    if (!this.#sketch) return { labels, inputs: this.#exact };
    const width = inputWidth(model);
    const columns = this.#sketch.length / width;
    return { labels, inputs: sketchInputs(rows, labels.length, width, centre ?? new Float32Array(width), this.#sketch, columns) };
  }

  /** Drops what waits its turn, and frees everything on the device when the running task is done. */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    await this.#queue.close();
    this.#engine.dispose();
  }
}
