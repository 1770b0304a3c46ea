/** Runs each computation of src/ntk in this browser and compares it with float64; kernels.test.ts drives it. */

import * as tf from '@tensorflow/tfjs';
import { selectBackend, type BackendView, type BackendWish } from '../../src/backend/backend.ts';
import { guarded, isWebGPUBackend } from '../../src/backend/gpuDevice.ts';
import { locateWasm } from '../../src/backend/wasmBrowser.ts';
import { randomStream } from '../../src/math/random.ts';
import { classCount, initialWeights, inputWidth, isConvolutional, type ModelSpec } from '../../src/model/model.ts';
import { calibrate, type CalibrationSize } from '../../src/ntk/calibration.ts';
import { NtkEngine, type EvolveRequest } from '../../src/ntk/engine.ts';
import type { EvolutionOptions } from '../../src/ntk/evolution.ts';
import { evolvedPlanes, ntkEvolve } from '../../src/ntk/ops/ntkEvolve.ts';
import { ntkLayer } from '../../src/ntk/ops/ntkLayer.ts';
import { takeOne } from '../../src/ntk/readback.ts';
import { scoreOf } from '../../src/ntk/tally.ts';
import { setVariant, type Variant } from '../../src/ntk/webgpu/variants.ts';
import { layerCases, nameOf, networks, normals, productCases, productForms } from '../../src/testing/kernelCases.ts';
import { lbfgsCases, lbfgsSizes } from '../../src/testing/lbfgsCases.ts';
import * as reference from '../../src/testing/reference.ts';

export interface Check {
  readonly name: string;
  /** The largest difference over the largest value. */
  readonly error: number;
}

export interface KernelPage {
  select(wish: BackendWish): Promise<BackendView>;
  /** Which form of the shaders WebGPU takes. */
  setVariant(variant: Variant): void;
  layers(): Promise<Check[]>;
  products(): Promise<Check[]>;
  lbfgs(): Promise<Check[]>;
  evolutions(): Promise<Check[]>;
  engine(): Promise<Check[]>;
  longProducts(): Promise<Check[]>;
  /** What reading the output of a shader that does not compile throws; `inScope` as our kernels run, else as tfjs's do. */
  brokenShader(inScope: boolean): Promise<string>;
  /** Runs so many evolutions of different sizes, one after another. */
  evolveOften(times: number): Promise<void>;
  /** What a calibration does where WebGPU counts as a graphics processor, and the backend that is set then. */
  calibrate(of: Pick<CalibrationSize, 'kernel' | 'evolution'>): Promise<{ view: BackendView; set: string }>;
  /** Tensors and buffers alive, and on WebGPU the bytes of the buffers in use. */
  alive(): number[];
}

declare global {
  interface Window {
    kernelPage: KernelPage;
  }
}

const SIZES = [1, 33, 130, 64];

/**
 * An emulated GPU takes seconds to compile a shader with barriers. So tiled ones are asked of these networks, which have every kind of
 * layer, and of these products, which lie in memory in every way; the others of all.
 */
const fewNetworks = networks.filter((_, i) => i === 1 || i === 6);
const fewProducts = productCases.slice(1);
let isTiled = false;

/** What the shaders that are chosen are asked of. */
function asked<T>(all: readonly T[], few: readonly T[]): readonly T[] {
  return isTiled && isWebGPUBackend(tf.backend()) ? few : all;
}

async function layers(): Promise<Check[]> {
  const checks: Check[] = [];
  for (const samples of SIZES) {
    for (const width of [37, 40]) {
      const a = normals(samples * width, 'a', samples);
      const gram = Float32Array.from(reference.layer(samples, a, null, null), (value) => value - 1);
      for (const form of ['rows', 'gram'] as const) {
        for (const { kind, derivatives, expected } of layerCases(samples, a)) {
          const actual = await takeOne(
            tf.tidy(() =>
              ntkLayer(
                form === 'gram' ? { gram: tf.tensor2d(gram, [samples, samples]) } : { rows: tf.tensor2d(a, [samples, width]) },
                derivatives(),
              ),
            ),
          );
          const isSymmetric = actual.every((value, at) => value === actual[(at % samples) * samples + Math.floor(at / samples)]);
          checks.push({
            name: `layer (${kind}) from ${form}, N = ${samples}, ${width} inputs`,
            error: isSymmetric ? reference.relativeError(actual, expected) : Infinity,
          });
        }
      }
    }
  }
  return checks;
}

async function products(): Promise<Check[]> {
  const checks: Check[] = [];
  for (const { name, compute, expected } of asked(productCases, fewProducts).flatMap(productForms)) {
    checks.push({ name, error: reference.relativeError(await takeOne(tf.tidy(compute)), expected) });
  }
  return checks;
}

async function lbfgs(): Promise<Check[]> {
  const checks: Check[] = [];
  for (const { name, compute, expected } of lbfgsSizes.flatMap(lbfgsCases)) {
    checks.push({ name, error: reference.relativeError(await takeOne(tf.tidy(compute)), expected) });
  }
  return checks;
}

async function evolutions(): Promise<Check[]> {
  const checks: Check[] = [];
  for (const samples of SIZES) {
    // 20 classes are more than the shader sums at once.
    for (const classes of [3, 20]) {
      for (const [accelerated, softWeight, taught] of [
        [false, 0, false],
        [false, 0.6, true],
        [true, 0, false],
        [true, 0.6, false],
      ] as const) {
        const kernel = Float32Array.from(reference.layer(samples, normals(samples * 6, 'rows', samples), null, null));
        const start = normals(samples * classes, 'start', samples);
        const shift = normals(classes, 'shift');
        const teacher = taught ? normals(samples * classes, 'teacher', samples) : undefined;
        const random = randomStream(1, 'labels', samples);
        const labels = Int32Array.from({ length: samples }, () => random.integer(classes));
        const attrs = { rate: 0.2 / samples, steps: 25, accelerated, temperature: 2, softWeight };
        const planes = tf.tidy(() =>
          ntkEvolve(
            {
              kernel: tf.tensor2d(kernel, [samples, samples]),
              logits: tf.tensor2d(start, [samples, classes]),
              labels: tf.tensor1d(labels, 'int32'),
              shift: tf.tensor1d(shift),
              ...(teacher && { teacher: tf.tensor2d(teacher, [samples, classes]) }),
            },
            attrs,
          ),
        );
        const { residual, logits } = evolvedPlanes(await takeOne(planes), planes.shape, samples);
        const expected = reference.evolve(kernel, start, labels, [...shift], attrs, teacher);
        const method = accelerated ? 'accelerated' : 'Euler';
        const name = `evolution, N = ${samples}, C = ${classes}, ${method}, soft labels ${softWeight}${taught ? ' of a teacher' : ''}`;
        checks.push({ name: `${name}: R`, error: reference.relativeError(residual, expected.residual) });
        checks.push({ name: `${name}: f`, error: reference.relativeError(logits, expected.logits) });
      }
    }
  }
  return checks;
}

/** The features with which a neighbour needs no layers: J, and its projections. */
async function checkJacobians(
  spec: ModelSpec,
  weights: Float32Array,
  { rows, labels }: { readonly rows: Float32Array; readonly labels: Uint8Array },
  linearised: readonly reference.Linearised[],
  { options, cotangent, step }: { options: EvolutionOptions; cotangent: Float32Array; step: Float64Array },
): Promise<Check[]> {
  const name = nameOf(spec);
  const width = inputWidth(spec);
  const checks: Check[] = [];
  for (const form of ['jacobian', { form: 'dense', size: 7, seed: 3 }, { form: 'khatri-rao', size: 8, seed: 3 }] as const) {
    const engine = new NtkEngine(spec, form);
    const features = await engine.features(weights, engine.upload(rows, labels.length, width));
    if (form === 'jacobian') {
      const pool = ['a', 'b'].map((key) => ({ key, inputs: null, features, teacher: null, labels }));
      const { kernel } = await engine.evolve({ weights, pool, kernel: 'averaged', options, wantKernel: true });
      const expected = reference.kernelFromJacobians([...linearised, ...linearised].map(({ jacobian }) => jacobian));
      const onlyFirst = Float32Array.from({ length: 2 * cotangent.length }, (_, i) => cotangent[i] ?? 0);
      const backProjected = await engine.backProject(pool, onlyFirst);
      checks.push({
        name: `${name}: f beside J`,
        error: reference.relativeError(
          features.logits!,
          linearised.flatMap(({ logits }) => [...logits]),
        ),
      });
      checks.push({ name: `${name}: K from J`, error: reference.relativeError(kernel!, expected) });
      checks.push({ name: `${name}: Jᵀ R from J`, error: reference.relativeError(backProjected, step) });
    } else {
      const error = reference.relativeError(features.jacobian!, reference.projectedJacobian(form, linearised));
      checks.push({ name: `${name}: J P, ${form.form}`, error });
    }
    await engine.warmUp(7, 'averaged', options);
    engine.dispose();
  }
  return checks;
}

/** The flow with the whole kernel, and the ridge: where they end, and the ridge's step, as its R may be one of many. */
async function checkWhole(
  engine: NtkEngine,
  { weights, pool, options }: Omit<EvolveRequest, 'kernel' | 'wantKernel'>,
  samples: readonly reference.Linearised[],
  { start, labels }: { readonly start: readonly number[]; readonly labels: readonly number[] },
): Promise<Check[]> {
  const { spec } = engine;
  const { temperature, softLabelWeight } = options;
  const shift = Array.from({ length: classCount(spec) }, () => 0);
  const asked = { labels, shift, teacher: start, temperature, softWeight: softLabelWeight * temperature };
  const flow = await engine.evolve({ weights, pool, kernel: 'whole', options });
  const attrs = { rate: flow.scale, steps: 30, accelerated: true, ...asked };
  const followed = reference.evolve(reference.whole(samples), start, labels, shift, attrs);
  const solver = { kind: 'ridge', ridge: 0.1, tolerance: 1e-5, maxProducts: 60 } as const;
  const ridge = await engine.evolve({ weights, pool, kernel: 'whole', options: { ...options, ...solver } });
  const solved = reference.ridge(samples, start, asked, solver.ridge);
  const stepOf = (residual: ArrayLike<number>) => reference.backProjection(samples, residual);
  await engine.warmUp(7, 'whole', solver);
  await engine.warmUp(7, 'whole', options);
  const name = nameOf(spec);
  return [
    { name: `${name}: R of the whole kernel`, error: reference.relativeError(flow.residual, followed.residual) },
    { name: `${name}: f of the whole kernel`, error: reference.relativeError(flow.logits, followed.logits) },
    { name: `${name}: step of the ridge`, error: reference.relativeError(stepOf(ridge.residual), stepOf(solved.residual)) },
    { name: `${name}: f of the ridge`, error: reference.relativeError(ridge.logits, solved.logits) },
  ];
}

async function checkEngine(spec: ModelSpec, isWholeChecked: boolean): Promise<Check[]> {
  const engine = new NtkEngine(spec);
  const classes = classCount(spec);
  const width = inputWidth(spec);
  const random = randomStream(2, 'engine', ...spec.layers);
  const weights = initialWeights(spec, 1).map((weight) => weight + 0.1 * random.normal());
  const pool = [];
  for (const [key, count] of [
    ['a', 5],
    ['b', 9],
  ] as const) {
    const rows = Float32Array.from({ length: count * width }, () => random.normal());
    const labels = Uint8Array.from({ length: count }, () => random.integer(classes));
    const features = await engine.features(weights, engine.upload(rows, count, width));
    const own = isConvolutional(spec) ? null : ({ kind: 'exact', rows, width } as const);
    pool.push({ key, rows, inputs: own, features, teacher: null, labels });
  }
  const options: EvolutionOptions = {
    kind: 'flow',
    stepSize: { rule: 'spectral', scale: 2 },
    integrator: 'accelerated',
    steps: 30,
    temperature: 2,
    softLabelWeight: 0.25,
    priorAdjustment: 0,
    round: 0,
  };
  const evolved = await engine.evolve({ weights, pool, kernel: 'averaged', options, wantKernel: true });

  const samples = pool.flatMap(({ rows, labels }) =>
    [...labels].map((label, p) => {
      const x = rows.subarray(p * width, (p + 1) * width);
      return { label, ...reference.linearise(spec, weights, x) };
    }),
  );
  const kernel = reference.kernelFromJacobians(samples.map(({ jacobian }) => jacobian));
  const start = samples.flatMap(({ logits }) => [...logits]);
  const labels = samples.map(({ label }) => label);
  const expected = reference.evolve(
    kernel,
    start,
    labels,
    Array.from({ length: classes }, () => 0),
    {
      rate: evolved.scale,
      steps: 30,
      accelerated: true,
      temperature: 2,
      softWeight: 0.5,
    },
  );

  const inputs = engine.upload(pool[0]!.rows, 5, width);
  const cotangent = evolved.residual.slice(0, 5 * classes);
  const step = await engine.pullback(weights, inputs, cotangent);
  const expectedStep = new Float64Array(step.length);
  cotangent.forEach((value, at) => {
    const row = samples[Math.floor(at / classes)]!.jacobian[at % classes]!;
    row.forEach((derivative, i) => (expectedStep[i]! += value * derivative));
  });

  const models = [
    { weights, weight: 0.75 },
    { weights: weights.map((weight) => 1.5 * weight), weight: 0.25 },
  ];
  const teacher = await engine.teacher({ models, temperature: 2 }, inputs);
  const { rows } = pool[0]!;
  const expectedTeacher = [0, 1, 2, 3, 4].flatMap((p) => {
    const x = rows.subarray(p * width, (p + 1) * width);
    return reference.softenedMean(
      models.map((model) => ({ ...model, ...reference.linearise(spec, model.weights, x) })),
      2,
    );
  });

  const { loss } = scoreOf(await engine.evaluate(weights, pool[0]!.rows, pool[0]!.labels));
  const losses = samples.slice(0, 5).map(({ logits, label }) => {
    return Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0)) - logits[label]!;
  });
  await engine.warmUp(7, 'averaged', options);
  const whole = isWholeChecked ? await checkWhole(engine, { weights, pool, options }, samples, { start, labels }) : [];
  engine.dispose();
  const name = nameOf(spec);
  const derivatives = isConvolutional(spec)
    ? []
    : await checkJacobians(spec, weights, pool[0]!, samples.slice(0, 5), { options, cotangent, step: expectedStep });
  return [
    { name: `${name}: K`, error: reference.relativeError(evolved.kernel!, kernel) },
    { name: `${name}: R`, error: reference.relativeError(evolved.residual, expected.residual) },
    { name: `${name}: f`, error: reference.relativeError(evolved.logits, expected.logits) },
    { name: `${name}: Jᵀ R`, error: reference.relativeError(step, expectedStep) },
    ...whole,
    ...derivatives,
    { name: `${name}: h`, error: reference.relativeError(teacher, expectedTeacher) },
    { name: `${name}: loss`, error: reference.relativeError([loss], [losses.reduce((a, b) => a + b, 0) / 5]) },
  ];
}

/** Products of the shapes for which tfjs would choose a program that computes them wrongly. */
async function longProducts(): Promise<Check[]> {
  const checks: Check[] = [];
  for (const [rows, inner, columns] of [
    [10, 2000, 20],
    [40, 4099, 30],
    [16, 2048, 64],
  ] as const) {
    const [a, b] = [normals(rows * inner, 'left', inner), normals(columns * inner, 'right', inner)];
    const expected = Float64Array.from({ length: rows * columns }, (_, at) => {
      const [r, c] = [Math.floor(at / columns), at % columns];
      let sum = 0;
      for (let i = 0; i < inner; i++) sum += a[r * inner + i]! * b[c * inner + i]!;
      return sum;
    });
    for (const isTransposed of [true, false]) {
      const product = tf.tidy(() => {
        const left = tf.tensor2d(a, [rows, inner]);
        const right = tf.tensor2d(b, [columns, inner]);
        return isTransposed ? tf.matMul(left, right, false, true) : tf.matMul(left, tf.transpose(right));
      });
      const name = `matMul ${rows} x ${inner} x ${columns}${isTransposed ? ', transposed' : ''}`;
      checks.push({ name, error: reference.relativeError(await takeOne(product), expected) });
    }
  }
  return checks;
}

async function brokenShader(inScope: boolean): Promise<string> {
  tf.registerKernel({
    kernelName: 'Broken',
    backendName: 'webgpu',
    kernelFunc({ backend }) {
      if (!isWebGPUBackend(backend)) throw new TypeError('webgpu only');
      const run = () =>
        backend.runWebGPUProgram(
          {
            outputShape: [4],
            variableNames: [],
            shaderKey: 'broken',
            workgroupSize: [64, 1, 1],
            dispatch: [1, 1, 1],
            dispatchLayout: { x: [0] },
            getUserCode: () => 'fn main(index : i32) { result[index] = noSuchFunction(index); }',
          },
          [],
          'float32',
        );
      return inScope ? guarded(backend.device, run) : run();
    },
  });
  return takeOne(tf.engine().runKernel<tf.Tensor>('Broken', {})).then(
    (values) => `no error, but ${values.join()}`,
    (error: unknown) => String(error),
  );
}

function bytesOnGpu(backend: object): number {
  return isWebGPUBackend(backend) ? backend.memory().numBytesInGPU : 0;
}

locateWasm();

window.kernelPage = {
  async select(wish) {
    const { view } = await selectBackend(wish);
    // Small tensors would otherwise be computed on the CPU, and the GPU not be tested.
    if (view.name === 'webgpu') tf.env().set('WEBGPU_CPU_FORWARD', false);
    return view;
  },
  setVariant(variant) {
    isTiled = variant === 'tiled';
    setVariant('products', variant);
    setVariant('evolution', variant);
  },
  layers,
  products,
  lbfgs,
  evolutions,
  async engine() {
    const checks: Check[] = [];
    // A ridge takes many products, and a software device is slow at each.
    for (const network of asked(networks, fewNetworks)) checks.push(...(await checkEngine(network[1], fewNetworks.includes(network))));
    return checks;
  },
  longProducts,
  brokenShader,
  async evolveOften(times) {
    for (let i = 0; i < times; i++) {
      const [samples, classes] = [8 + (i % 5), 3];
      await takeOne(
        tf.tidy(() =>
          ntkEvolve(
            {
              kernel: tf.tensor2d(normals(samples ** 2, 'often'), [samples, samples]),
              logits: tf.tensor2d(normals(samples * classes, 'often'), [samples, classes]),
              labels: tf.zeros([samples], 'int32'),
              shift: tf.zeros([classes]),
            },
            { rate: 1e-3, steps: 3, accelerated: true, temperature: 1, softWeight: 0 },
          ),
        ),
      );
    }
  },
  async calibrate(of) {
    const { view } = await selectBackend('webgpu');
    const choice = { view, isSoftware: false, alternatives: ['wasm', 'cpu'] } as const;
    const calibrated = await calibrate(choice, { spec: { layers: [12, 8, 3] }, samples: 24, steps: 5, ...of });
    return { view: calibrated, set: tf.getBackend() };
  },
  alive: () => [tf.memory().numTensors, tf.backend().numDataIds(), bytesOnGpu(tf.backend())],
};
