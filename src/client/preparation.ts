/** What must be ready before a run: the compute backend, the samples, kernels that are timed and compiled. */
import { startNext, type BackendChoice, type BackendView } from '../backend/backend.ts';
import { DeviceError } from '../backend/gpuDevice.ts';
import { miniBatches } from '../data/batches.ts';
import { randomStream } from '../math/random.ts';
import { inputWidth, ModelError } from '../model/model.ts';
import { calibrate, useUsualShaders } from '../ntk/calibration.ts';
import { descend } from '../ntk/descent.ts';
import { NtkEngine } from '../ntk/engine.ts';
import { evolutionIn, type EvolutionSettings } from '../settings/method.ts';
import { defaultSettings, featureForm, type Settings } from '../settings/settings.ts';
import { TaskError } from '../task/taskError.ts';
import type { Problem, ProblemSource } from './problem.ts';

/** How a preparation ended; `superseded`: another has begun since, or the client has left. */
export type Prepared =
  | { readonly kind: 'ready' }
  | { readonly kind: 'superseded' }
  /** These settings make no model, or the own data do not fit them; the client waits for others. */
  | { readonly kind: 'refused'; readonly why: string };

/** Ends a preparation in whose place another has begun. */
class SupersededError extends Error {
  override readonly name = 'SupersededError';
}

/** What is to be prepared for these settings: what they say of a run's length and of its graph makes no difference. */
function preparedFor(settings: Settings, number: number): string {
  const { topology, mixing } = defaultSettings();
  const alike: Settings = { ...settings, rounds: 1, patience: 0, deadlineMs: 0, dropout: 0, topology, mixing, aggregation: 'mean' };
  return JSON.stringify([number, alike]);
}

export class Preparation {
  #ready: Promise<BackendChoice>;
  #backend: BackendView | null = null;
  #problem: Problem | null = null;
  #step = 'starting the compute backend';
  /** The number of the newest preparation: of several the last one counts. */
  #newest = 0;
  /** What the problem was prepared for. */
  #preparedFor = '';

  /** @param onStep told when `step` has changed. */
  constructor(
    backend: () => Promise<BackendChoice>,
    private readonly source: ProblemSource,
    private readonly onStep: (step: string) => void,
  ) {
    this.#ready = backend();
  }

  /** The backend that computes; null before one is ready. */
  get backend(): BackendView | null {
    return this.#backend;
  }

  /** What the newest settings gave; null while they are being prepared. */
  get problem(): Problem | null {
    return this.#problem;
  }

  /** What is being waited for, in a few words. */
  get step(): string {
    return this.#step;
  }

  /**
   * Loads what the settings ask for, unless it is here already.
   * @throws whatever keeps it from that, unless it is superseded by then.
   */
  async prepare(settings: Settings, number: number): Promise<Prepared> {
    const wanted = preparedFor(settings, number);
    if (this.#problem && wanted === this.#preparedFor) return { kind: 'ready' };
    const preparation = ++this.#newest;
    const isCurrent = () => preparation === this.#newest;
    this.#problem = null;
    try {
      const choice = await this.#ready;
      this.#backend ??= choice.view;
      if (!isCurrent()) return { kind: 'superseded' };
      const problem = await this.source.problem(settings, number, (step) => {
        // What else it would fetch takes the time of the newest.
        if (!isCurrent()) throw new SupersededError();
        this.#enter(step);
      });
      if (!isCurrent()) return { kind: 'superseded' };
      this.#enter('timing and compiling the kernels');
      this.#backend = await calibrated(choice, settings, problem);
      await warmUp(settings, problem);
      if (!isCurrent()) return { kind: 'superseded' };
      this.#problem = problem;
      this.#preparedFor = wanted;
      return { kind: 'ready' };
    } catch (error) {
      if (!isCurrent()) return { kind: 'superseded' };
      if (error instanceof DeviceError) {
        await this.fallBack();
        return this.prepare(settings, number);
      }
      if (!(error instanceof ModelError || error instanceof TaskError)) throw error;
      this.#enter(`waiting for ${error instanceof TaskError ? 'data of your own' : 'settings that this client can follow'}`);
      return { kind: 'refused', why: error.message };
    }
  }

  /** Has the next backend compute, as the one that does has failed. @throws {BackendError} when there is none. */
  async fallBack(): Promise<void> {
    const { view } = await this.#ready;
    this.#backend = await startNext(this.#backend?.name ?? view.name);
    this.#ready = Promise.resolve({ view: this.#backend, isSoftware: false, alternatives: [] });
  }

  /** Forgets what is prepared: this client has other data of its own than before. */
  forget(): void {
    this.#problem = null;
  }

  /** Gives up what is being prepared. */
  close(): void {
    this.#newest++;
  }

  #enter(step: string): void {
    this.#step = step;
    this.onStep(step);
  }
}

/** Products with the kernel that solve a ridge to a hundredth of its first gradient, about. */
const RIDGE_PRODUCTS = 20;

/** Those that the flow to a time takes, about. */
const TIMED_PRODUCTS = 150;

/** Products with the kernel that a round takes, about. */
function productsOf(evolution: EvolutionSettings): number {
  switch (evolution.kind) {
    case 'flow':
      return evolution.steps;
    case 'ridge':
      return Math.min(evolution.maxProducts, RIDGE_PRODUCTS);
    case 'timed':
      return TIMED_PRODUCTS;
  }
}

/** Clients whose samples a calibration pools: a round pools the neighbours', and before it their number may still change. */
const CALIBRATED_POOL = 4;

/** Sets the backend that computes the run's kernels the fastest, where it was left open. */
function calibrated(choice: BackendChoice, settings: Settings, problem: Problem): Promise<BackendView> | BackendView {
  const { method } = settings;
  if (method.kind !== 'ntk') {
    useUsualShaders(choice);
    return choice.view;
  }
  const { kernel, evolution } = method;
  const samples = CALIBRATED_POOL * problem.own.labels.length;
  return calibrate(choice, { spec: problem.model, kernel, evolution: evolution.kind, samples, steps: productsOf(evolution) });
}

/** Computes once what a round computes, so that nobody waits for shaders to compile in the first. */
async function warmUp(settings: Settings, { model, own, initialWeights }: Problem): Promise<void> {
  const { method } = settings;
  const form = featureForm(settings);
  // Shaders differ by the alignment of what they read, not by its size.
  const engine = new NtkEngine(model, typeof form === 'object' ? { ...form, size: 4 + (form.size % 4) } : form);
  try {
    if (method.kind === 'ntk') return await engine.warmUp(own.labels.length, method.kernel, evolutionIn(method.evolution, 0));
    const samples = own.labels.length;
    const { batchSize } = method;
    const batches = batchSize === 'full' ? [null] : miniBatches(samples, batchSize, 1, randomStream(0, 'warm-up'));
    const inputs = engine.upload(own.rows, samples, inputWidth(model));
    await descend(engine.spec, initialWeights, inputs, own.labels, { learningRate: 1, momentum: 0, batches });
    await engine.evaluate(initialWeights, own.rows, own.labels);
  } finally {
    engine.dispose();
  }
}
