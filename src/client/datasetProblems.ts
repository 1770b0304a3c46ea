/** What clients learn from: packed datasets, or data of their own. */

import type { DatasetInfo, RowSource } from '../data/dataset.ts';
import { trainingShare, validationShare, type Share } from '../data/partition.ts';
import { histogram, loadShare, loadTest, previews, standardise } from '../data/samples.ts';
import { initialWeights, ModelError, parameterCount, type ModelSpec } from '../model/model.ts';
import { modelOf } from '../settings/model.ts';
import { isChanging, type Settings } from '../settings/settings.ts';
import { graphOf } from '../topology/graph.ts';
import type { OwnRows } from '../task/ownRows.ts';
import { ownProblem } from './ownProblem.ts';
import type { Problem, ProblemSource, Samples } from './problem.ts';
import type { ShareView } from './view.ts';

/** Images that the page shows of a client's own. */
const PREVIEWS = 12;

/** Keeps the last value made, by key: settings change one at a time. */
class Latest<T> {
  #key: string | null = null;
  #value: Promise<T> | null = null;

  get(key: string, make: () => Promise<T>): Promise<T> {
    if (this.#value && this.#key === key) return this.#value;
    this.#key = key;
    const value = make();
    this.#value = value;
    // A failure is not kept: the next call tries again.
    value.catch(() => {
      if (this.#value === value) this.#value = null;
    });
    return value;
  }
}

interface OwnShare {
  readonly own: Samples;
  readonly view: ShareView;
}

/** The problems of one process's clients; several clients (the simulator's) share the test set of a packed dataset. */
export class DatasetProblems implements ProblemSource {
  readonly #tests = new Latest<Samples>();
  readonly #shares = new Map<number, Latest<OwnShare>>();
  /** Own data by the number of the client that they are of; under null those of a process's only client, whatever its number. */
  readonly #brought = new Map<number | null, OwnRows>();
  readonly #graphs = new Map<string, readonly (readonly number[])[]>();

  /**
   * @param open the rows of a dataset, from the page's server or from files.
   * @param models the weights of models that a run may go on from, by their digests.
   */
  constructor(
    private readonly open: (dataset: string) => RowSource,
    private readonly models: ReadonlyMap<string, Float32Array> = new Map(),
  ) {}

  /** Gives a client data of its own, in place of what it had. @param number null of a process with one client. */
  bring(rows: OwnRows, number: number | null = null): void {
    this.#brought.set(number, rows);
  }

  async problem(settings: Settings, number: number, onStep: (step: string) => void): Promise<Problem> {
    const { task } = settings;
    if (task) {
      const rows = this.#brought.get(number) ?? this.#brought.get(null) ?? null;
      return ownProblem(task, rows, settings, (model) => this.#start(settings, model));
    }
    const { dataset, scoreOn, testSamples } = settings;
    const source = this.open(dataset);
    const info = await source.info();
    const shares = this.#shares.get(number) ?? new Latest<OwnShare>();
    this.#shares.set(number, shares);
    const rows = trainingShare(number, settings, info.trainCounts);
    const size = rows.reduce((sum, { count }) => sum + count, 0);
    const model = modelOf(settings, { ...info, classes: info.classNames.length }, size);
    onStep(`fetching ${size} of the training samples`);
    const share = await shares.get(JSON.stringify([info, rows]), () => this.#share(source, info, rows));
    onStep(`fetching ${testSamples} ${scoreOn} samples`);
    const test = await this.#tests.get(JSON.stringify([info, testSamples, scoreOn]), async () => {
      const loaded = await (scoreOn === 'validation'
        ? loadShare(source, validationShare(testSamples, info.trainCounts))
        : loadTest(source, Math.min(testSamples, info.testCount)));
      return { rows: standardise(loaded.values, info), labels: loaded.labels };
    });
    return { model, ...share, test, initialWeights: this.#start(settings, model), startsAlike: true, digest: info.digest, share: null };
  }

  graph({ topology, seed }: Settings, clients: number, round: number): readonly (readonly number[])[] {
    const key = JSON.stringify([topology, seed, clients, isChanging(topology) ? round : 0]);
    const known = this.#graphs.get(key);
    if (known) return known;
    const graph = graphOf(topology, clients, seed, round);
    // A changing graph is asked for in this round and the next; older ones will not be asked for again.
    if (this.#graphs.size >= 8) this.#graphs.delete(this.#graphs.keys().next().value ?? '');
    this.#graphs.set(key, graph);
    return graph;
  }

  /** @throws {ModelError} when the model to go on from is not here, or another. */
  #start({ initialModel, seed }: Settings, model: ModelSpec): Float32Array {
    if (initialModel === '') return initialWeights(model, seed);
    const weights = this.models.get(initialModel);
    if (!weights) throw new ModelError('The room goes on from a model that is not here; open its file, or start from none.');
    if (weights.length === parameterCount(model)) return weights;
    throw new ModelError('The model to go on from has other layers than these settings; choose its layers.');
  }

  async #share(source: RowSource, info: DatasetInfo, share: Share): Promise<OwnShare> {
    const loaded = await loadShare(source, share);
    const { kind, classNames, width, height } = info;
    return {
      own: { rows: standardise(loaded.values, info), labels: loaded.labels },
      view: {
        kind,
        samples: loaded.count,
        histogram: histogram(loaded.labels, classNames.length),
        classNames,
        previews: kind === 'images' ? previews(loaded, PREVIEWS) : [],
        width,
        height,
      },
    };
  }
}
