/** What a client computes in a round, on whichever tfjs backend is set. */

import * as tf from '@tensorflow/tfjs';
import { parts } from '../math/vectors.ts';
import {
  classCount,
  featureWidths,
  initialWeights,
  inputWidth,
  isConvolutional,
  type FeatureForm,
  type ModelSpec,
} from '../model/model.ts';
import { evolveAveraged } from './averaged.ts';
import { evaluate } from './evaluation.ts';
import { EvolutionError, shortened, type Evolution, type EvolutionOptions, type Evolved, type KernelKind } from './evolution.ts';
import { InputGrams } from './inputGrams.ts';
import { InputProducts } from './inputProducts.ts';
import { backProjection, jacobian, linearisation } from './jacobian.ts';
import { featuresAt, logitsAt, networkOf, pullback } from './network.ts';
import { poolOf, PoolError, type Features, type PoolMember } from './pool.ts';
import { projectedJacobian } from './projection.ts';
import { take, takeOne } from './readback.ts';
import './registerKernels.ts';
import type { Tally } from './tally.ts';
import { softenedMean } from './teacher.ts';
import { evolveWhole } from './whole.ts';

/** What a client in a tab keeps of the products of inputs, bytes. */
const PRODUCT_BUDGET = 128 * 2 ** 20;

/** The pool of one round, at the mixed model, and how its logits are to evolve. */
export interface EvolveRequest {
  /** w̄, flat. */
  readonly weights: Float32Array;
  readonly pool: readonly PoolMember[];
  readonly kernel: KernelKind;
  readonly options: EvolutionOptions;
  /** Whether K is wanted too; the whole kernel never exists. */
  readonly wantKernel?: boolean;
}

/** Models that teach together, by weights that sum to one. */
export interface Teaching {
  readonly models: readonly { readonly weights: Float32Array; readonly weight: number }[];
  /** T. */
  readonly temperature: number;
}

/**
 * Everything that one client computes, on whichever tfjs backend is set. The flat weights are laid out as in model/model.ts.
 * The engine owns the tensors it uploads, until `release` or `dispose`; all others end with the method that made them.
 * Every method throws DeviceError when the GPU has failed.
 */
export class NtkEngine {
  private readonly uploads = new Set<tf.Tensor2D>();
  private readonly inputGrams: InputGrams;
  private readonly inputProducts: InputProducts;

  /**
   * @param form of what the clients give each other of their samples.
   * @param productBudget bytes that products of inputs may take between rounds: Gram matrices or, with a projection, its products.
   */
  constructor(
    readonly spec: ModelSpec,
    readonly form: FeatureForm = 'layers',
    productBudget = PRODUCT_BUDGET,
  ) {
    this.inputGrams = new InputGrams(productBudget);
    this.inputProducts = new InputProducts(productBudget);
  }

  /** Brings samples to the backend, count x width. The rows must not change afterwards: some backends don't copy them. */
  upload(rows: Float32Array, count: number, width: number): tf.Tensor2D {
    const tensor = tf.tensor2d(rows, [count, width]);
    this.uploads.add(tensor);
    return tensor;
  }

  release(tensor: tf.Tensor2D): void {
    this.uploads.delete(tensor);
    this.inputProducts.release(tensor);
    tensor.dispose();
  }

  /** Frees all that was uploaded or kept. */
  dispose(): void {
    tf.dispose([...this.uploads]);
    this.uploads.clear();
    this.inputGrams.clear();
    this.inputProducts.clear();
  }

  /** What a neighbour's kernel needs of these samples. */
  async features(weights: Float32Array, inputs: tf.Tensor2D): Promise<Features> {
    const { form } = this;
    if (form !== 'layers') {
      const tensors = tf.tidy(() => {
        const { parts, logits } = linearisation(networkOf(this.spec, weights).dense, inputs);
        return [form === 'jacobian' ? jacobian(parts) : projectedJacobian(parts, form, this.inputProducts), logits];
      });
      const [rows, logits] = await take(tensors);
      return { hidden: [], jacobian: rows!, logits: logits! };
    }
    const tensors = tf.tidy(() => {
      const { hidden, jacobian } = featuresAt(networkOf(this.spec, weights), inputs);
      return jacobian ? [...hidden, jacobian] : hidden;
    });
    const values = await take(tensors);
    const layers = featureWidths(this.spec).hidden.length;
    return { hidden: values.slice(0, layers), jacobian: values[layers] ?? null, logits: null };
  }

  /** The logits that several models teach these samples with together: h, n x C (`softenedMean`); one forward pass a model. */
  async teacher({ models, temperature }: Teaching, inputs: tf.Tensor2D): Promise<Float32Array> {
    const forward = (weights: Float32Array) => tf.tidy(() => logitsAt(networkOf(this.spec, weights), inputs));
    const logits = await take(tf.tidy(() => models.map(({ weights }) => forward(weights))));
    const votes = models.map(({ weight }, k) => ({ weight, logits: logits[k]! }));
    return softenedMean(votes, classCount(this.spec), temperature);
  }

  /**
   * Linearises the model at w̄ and evolves the logits of the pooled samples in function space, or solves for them.
   * @throws {PoolError} when a member does not fit the model or the others.
   * @throws {EvolutionError} when the numbers are no longer finite.
   */
  async evolve({ weights, pool: members, kernel, options, wantKernel = false }: EvolveRequest): Promise<Evolved> {
    const { spec, form } = this;
    const pool = poolOf(spec, form, members);
    if (kernel === 'whole') return evolveWhole({ spec, form, weights, pool, options });
    if (options.kind === 'ridge') throw new EvolutionError('A ridge needs the whole kernel; take that, or a flow.');
    const inputGram = pool.inputs.length > 0 ? await this.inputGrams.of(pool.inputs) : null;
    return evolveAveraged({ spec, form, weights, pool, inputGram, flow: options, wantKernel });
  }

  /** Jᵀ R at w̄: one backward pass; `cotangent` R is n x C. d numbers. Of several R one after another so many times d. */
  pullback(weights: Float32Array, inputs: tf.Tensor2D, cotangent: Float32Array): Promise<Float32Array> {
    return takeOne(
      tf.tidy(() => {
        const network = networkOf(this.spec, weights);
        const [samples, classes] = [inputs.shape[0], classCount(this.spec)];
        return tf.concat1d(
          parts(cotangent, samples * classes).map((residual) => pullback(network, inputs, tf.tensor2d(residual, [samples, classes]))),
        );
      }),
    );
  }

  /**
   * Jᵀ R over a pool whose members brought their Jacobians as they are: d numbers; `residual` R is N x C. Several R as in `pullback`.
   * @throws {PoolError} when they brought anything else.
   */
  async backProject(members: readonly PoolMember[], residual: Float32Array): Promise<Float32Array> {
    const { jacobians, samples } = poolOf(this.spec, this.form, members);
    if (this.form !== 'jacobian') throw new PoolError('Only whole Jacobians can be projected back; give the residuals to the owners.');
    const classes = classCount(this.spec);
    return takeOne(
      tf.tidy(() => {
        const owned = jacobians.map((rows, i) => tf.tensor2d(rows, [members[i]!.labels.length, rows.length / members[i]!.labels.length]));
        const project = (matrix: Float32Array) => {
          let offset = 0;
          const terms = owned.map((rows) => {
            const first = offset;
            offset += rows.shape[0] * classes;
            return backProjection(rows, tf.tensor2d(matrix.subarray(first, offset), [rows.shape[0], classes]));
          });
          return tf.addN(terms);
        };
        return tf.concat1d(parts(residual, samples * classes).map(project));
      }),
    );
  }

  /** What the model names these samples: rows n x width. */
  evaluate(weights: Float32Array, rows: Float32Array, labels: Uint8Array): Promise<Tally> {
    return evaluate(this.spec, weights, { rows, labels });
  }

  /**
   * Compiles the shaders that a round with `samples` own samples needs, so that the first round does not wait for them.
   * Backends without shaders have nothing to do.
   */
  async warmUp(samples: number, kernel: KernelKind, evolution: Evolution): Promise<void> {
    if (tf.getBackend() !== 'webgpu') return;
    const width = inputWidth(this.spec);
    const weights = initialWeights(this.spec, 0);
    const rows = new Float32Array(samples * width);
    const labels = new Uint8Array(samples);
    const inputs = this.upload(rows, samples, width);
    try {
      const features = await this.features(weights, inputs);
      const own = isConvolutional(this.spec) || this.form !== 'layers' ? null : ({ kind: 'exact', rows, width } as const);
      const pool = [{ key: 'warm-up', inputs: own, features, teacher: null, labels }];
      const options = { ...shortened(evolution), temperature: 1, softLabelWeight: 1, priorAdjustment: 0, round: 0 };
      const { residual } = await this.evolve({ weights, pool, kernel, options });
      await (this.form === 'jacobian' ? this.backProject(pool, residual) : this.pullback(weights, inputs, residual));
      await this.evaluate(weights, rows, labels);
    } finally {
      this.release(inputs);
      this.inputGrams.clear();
    }
  }
}
