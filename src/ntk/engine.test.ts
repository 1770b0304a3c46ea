import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { randomStream } from '../math/random.ts';
import { classCount, initialWeights, isConvolutional, parameterCount, type ModelSpec } from '../model/model.ts';
import { hostBackends, liveTensors, useBackend } from '../testing/backends.ts';
import { goldenCase } from '../testing/golden.ts';
import { cnn, networks } from '../testing/kernelCases.ts';
import { anyNetwork, members, problem, samplesOf } from '../testing/pools.ts';
import * as reference from '../testing/reference.ts';
import { NtkEngine } from './engine.ts';
import { EvolutionError, type Flow, type Targets } from './evolution.ts';
import { PoolError, type PoolMember } from './pool.ts';
import { sketchInputs, sketchMatrix } from './sketch.ts';
import { scoreOf } from './tally.ts';

type FlowOptions = Flow & Targets & { readonly round: number };

const fixed: FlowOptions = {
  kind: 'flow',
  stepSize: { rule: 'fixed', learningRate: 0.3, decay: 0 },
  integrator: 'euler',
  steps: 12,
  temperature: 2,
  softLabelWeight: 0.4,
  priorAdjustment: 0,
  round: 0,
};

/** Stable whatever the kernel. */
const spectral: FlowOptions = { ...fixed, stepSize: { rule: 'spectral', scale: 2 } };

const zeros = (length: number) => Array.from({ length }, () => 0);

describe.each(hostBackends)('NtkEngine on %s', (backend) => {
  beforeAll(() => useBackend(backend));
  let before: ReturnType<typeof liveTensors>;
  beforeEach(() => void (before = liveTensors()));
  afterEach(() => expect(liveTensors(), 'tensors left behind').toEqual(before));

  /** Kernel, evolution and pullback against the explicit Jacobian; the clients have 3, 4, 5, .. samples. */
  async function compare(spec: ModelSpec, clients: number): Promise<void> {
    const engine = new NtkEngine(spec);
    const { weights, holders } = problem(spec, clients);
    const pool = await members(engine, weights, holders);
    const evolved = await engine.evolve({ weights, pool, kernel: 'averaged', options: spectral, wantKernel: true });

    const linearised = holders.flatMap((holder) => samplesOf(spec, holder)).map((x) => reference.linearise(spec, weights, x));
    const labels = holders.flatMap((holder) => [...holder.labels]);
    const kernel = reference.kernelFromJacobians(linearised.map(({ jacobian }) => jacobian));
    expect(reference.relativeError(evolved.kernel!, kernel)).toBeLessThan(1e-5);

    const start = linearised.flatMap(({ logits }) => [...logits]);
    const attrs = { rate: evolved.scale, steps: 12, accelerated: false, temperature: 2, softWeight: 0.8 };
    const expected = reference.evolve(kernel, start, labels, zeros(classCount(spec)), attrs);
    expect(reference.relativeError(evolved.residual, expected.residual)).toBeLessThan(1e-4);
    expect(reference.relativeError(evolved.logits, expected.logits)).toBeLessThan(1e-4);

    const [own] = holders;
    const inputs = engine.upload(own!.rows, own!.labels.length, spec.layers[0]!);
    const cotangent = evolved.residual.slice(0, own!.labels.length * classCount(spec));
    const step = await engine.pullback(weights, inputs, cotangent);
    const backProjected = new Float64Array(parameterCount(spec));
    cotangent.forEach((value, at) => {
      const row = linearised[Math.floor(at / classCount(spec))]!.jacobian[at % classCount(spec)]!;
      row.forEach((derivative, i) => (backProjected[i]! += value * derivative));
    });
    expect(reference.relativeError(step, backProjected)).toBeLessThan(1e-5);
    engine.dispose();
  }

  test.each(networks)('kernel, evolution and pullback of %s are those of the explicit Jacobian', (_, spec) => compare(spec, 3));

  test('so are those of any network', () =>
    fc.assert(
      fc.asyncProperty(anyNetwork, (spec) => compare(spec, 2)),
      { numRuns: 30 },
    ));

  test('images whose convolutions do not all fit into memory at once are computed in parts', async () => {
    const spec = cnn([28, 28], [32, 4], [], 3);
    const engine = new NtkEngine(spec);
    const count = 65;
    const random = randomStream(9, 'parts');
    const weights = initialWeights(spec, 4);
    const rows = Float32Array.from({ length: count * 784 }, () => random.normal());
    const cotangent = Float32Array.from({ length: count * 3 }, () => random.normal());
    const inputs = engine.upload(rows, count, 784);
    const { hidden, jacobian } = await engine.features(weights, inputs);
    const step = await engine.pullback(weights, inputs, cotangent);
    const sum = new Float64Array(step.length);
    for (let p = 0; p < count; p++) {
      const row = engine.upload(rows.slice(p * 784, (p + 1) * 784), 1, 784);
      (await engine.pullback(weights, row, cotangent.slice(p * 3, (p + 1) * 3))).forEach((value, i) => (sum[i]! += value));
      const own = await engine.features(weights, row);
      engine.release(row);
      const [width, parameters] = [own.hidden[0]!.length, own.jacobian!.length];
      expect(reference.relativeError(hidden[0]!.subarray(p * width, (p + 1) * width), own.hidden[0]!)).toBeLessThan(1e-5);
      expect(reference.relativeError(jacobian!.subarray(p * parameters, (p + 1) * parameters), own.jacobian!)).toBeLessThan(1e-5);
    }
    expect(reference.relativeError(step, sum)).toBeLessThan(1e-5);
    engine.dispose();
  });

  test.each(networks)('the Jacobian of %s that all this is measured by agrees with finite differences', (_, spec) => {
    const { weights, holders } = problem(spec, 1);
    const random = randomStream(5, 'direction', ...spec.layers);
    const direction = Float64Array.from({ length: weights.length }, () => random.normal());
    const along = (h: number) => Float64Array.from(weights, (weight, i) => weight + h * direction[i]!);
    for (const x of samplesOf(spec, holders[0]!)) {
      const { jacobian } = reference.linearise(spec, weights, x);
      const [up, down] = [1e-6, -1e-6].map((h) => reference.linearise(spec, along(h), x).logits);
      jacobian.forEach((row, k) => {
        const slope = row.reduce((sum, derivative, i) => sum + derivative * direction[i]!, 0);
        expect((up![k]! - down![k]!) / 2e-6).toBeCloseTo(slope, 6);
      });
    }
  });

  test('the kernel is symmetric and positive semidefinite', async () => {
    const spec = { layers: [6, 5, 4, 3] };
    const engine = new NtkEngine(spec);
    const { weights, holders } = problem(spec, 4);
    const pool = await members(engine, weights, holders);
    const { kernel } = await engine.evolve({ weights, pool, kernel: 'averaged', options: fixed, wantKernel: true });
    const samples = pool.reduce((sum, { labels }) => sum + labels.length, 0);
    const random = randomStream(6, 'psd');
    for (let trial = 0; trial < 50; trial++) {
      const vector = Array.from({ length: samples }, () => random.normal());
      let form = 0;
      kernel!.forEach((value, at) => (form += value * vector[Math.floor(at / samples)]! * vector[at % samples]!));
      expect(form).toBeGreaterThanOrEqual(-1e-4);
    }
    kernel!.forEach((value, at) => expect(value).toBe(kernel![(at % samples) * samples + Math.floor(at / samples)]));
    engine.dispose();
  });

  test('the spectral step size is scale · N / λmax, the fixed one decays, and the prior shifts the labels', async () => {
    const spec = { layers: [6, 5, 3] };
    const engine = new NtkEngine(spec);
    const { weights, holders } = problem(spec, 2);
    const pool = await members(engine, weights, holders);
    const options: FlowOptions = {
      ...fixed,
      stepSize: { rule: 'spectral', scale: 2 },
      integrator: 'accelerated',
      steps: 60,
      priorAdjustment: 1,
    };
    const evolved = await engine.evolve({ weights, pool, kernel: 'averaged', options, wantKernel: true });
    const labels = pool.flatMap((member) => [...member.labels]);
    const samples = labels.length;
    let vector = zeros(samples).map(() => 1);
    let top = 0;
    for (let i = 0; i < 500; i++) {
      const next = vector.map((_, p) => vector.reduce((sum, value, q) => sum + evolved.kernel![p * samples + q]! * value, 0));
      top = Math.hypot(...next);
      vector = next.map((value) => value / top);
    }
    expect(evolved.topEigenvalue! / top).toBeGreaterThan(0.98);
    expect(evolved.topEigenvalue! / top).toBeLessThan(1.0001);
    expect(evolved.stepSize).toBeCloseTo((2 * samples) / evolved.topEigenvalue!, 5);

    const shift = Array.from({ length: 3 }, (_, c) => {
      const count = labels.filter((label) => label === c).length;
      return Math.log((count + (0.1 * samples) / 3) / (1.1 * samples));
    });
    const xs = holders.flatMap((holder) => samplesOf(spec, holder));
    const start = xs.flatMap((x) => [...reference.linearise(spec, weights, x).logits]);
    const expected = reference.evolve(evolved.kernel!, start, labels, shift, {
      rate: evolved.scale,
      steps: 60,
      accelerated: true,
      temperature: 2,
      softWeight: 0.8,
    });
    expect(reference.relativeError(evolved.logits, expected.logits)).toBeLessThan(1e-4);
    expect(reference.relativeError(evolved.residual, expected.residual)).toBeLessThan(1e-4);

    const decaying: FlowOptions = { ...fixed, stepSize: { rule: 'fixed', learningRate: 0.3, decay: 0.1 }, round: 5 };
    const later = await engine.evolve({ weights, pool, kernel: 'averaged', options: decaying });
    expect(later.stepSize).toBeCloseTo(0.3 * Math.exp(-0.5), 12);
    expect(later.topEigenvalue).toBeUndefined();
    expect(later.kernel).toBeUndefined();
    engine.dispose();
  });

  test.each(['spark-ring', 'ntk-dfl-ring', 'spark-two-hidden-layers', 'spark-changing-graph'])(
    'the first round of %s: kernel, evolved logits and step of every client',
    async (name) => {
      const { given, expected } = goldenCase(name);
      const engine = new NtkEngine(given.model);
      const flat = given.clients.map(({ weights }) =>
        Float32Array.from(weights.flatMap(({ kernel, bias }) => [...kernel.flat(), ...bias])),
      );
      const holders = given.clients.map(({ x, y }, k) => ({
        key: `c${k}`,
        rows: Float32Array.from(x.flat()),
        labels: Uint8Array.from(y),
      }));
      const { learningRate, steps, temperature, softLabelWeight } = given.hyper;
      const graph = given.graph[0]!;
      const share = (i: number, j: number) =>
        1 / (1 + (given.hyper.mixing === 'uniform' ? graph[i]!.length : Math.max(graph[i]!.length, graph[j]!.length)));
      for (const [k, neighbours] of graph.entries()) {
        const mixed = flat[k]!.map((own, i) => own + neighbours.reduce((sum, j) => sum + share(k, j) * (flat[j]![i]! - own), 0));
        const pooled = [k, ...neighbours].map((client) => holders[client]!);
        const pool = await members(engine, mixed, pooled);
        const evolved = await engine.evolve({
          weights: mixed,
          pool,
          kernel: 'averaged',
          options: {
            ...fixed,
            stepSize: { rule: 'fixed', learningRate, decay: given.hyper.learningRateDecay },
            steps: steps!,
            temperature,
            softLabelWeight: softLabelWeight[0] ?? 0,
          },
          wantKernel: true,
        });
        const result = expected.rounds[0]!.clients[k]!;
        expect(reference.relativeError(evolved.kernel!, result.kernel!.flat())).toBeLessThan(1e-4);
        expect(reference.relativeError(evolved.logits, result.evolvedLogits!.flat())).toBeLessThan(1e-4);

        const classes = classCount(given.model);
        const step = new Float64Array(parameterCount(given.model));
        let offset = 0;
        for (const { rows, labels } of pooled) {
          const inputs = engine.upload(rows, labels.length, given.model.layers[0]!);
          const residual = evolved.residual.slice(offset * classes, (offset + labels.length) * classes);
          const part = await engine.pullback(mixed, inputs, residual);
          part.forEach((value, i) => (step[i]! -= evolved.scale * value));
          engine.release(inputs);
          offset += labels.length;
        }
        expect(reference.relativeError(step, result.delta!)).toBeLessThan(1e-4);
      }
      engine.dispose();
    },
  );

  test('features, evaluation: activations and scores of the float64 model, over more rows than a batch', async () => {
    const spec = { layers: [6, 5, 4, 3] };
    const engine = new NtkEngine(spec);
    const { weights } = problem(spec, 1);
    const count = 2003;
    const random = randomStream(8, 'evaluation');
    const rows = Float32Array.from({ length: count * 6 }, () => random.normal());
    const labels = Uint8Array.from({ length: count }, () => random.integer(3));
    const { accuracy, loss } = scoreOf(await engine.evaluate(weights, rows, labels));
    let correct = 0;
    let entropy = 0;
    samplesOf(spec, { key: '', rows, labels }).forEach((x, p) => {
      const { logits } = reference.linearise(spec, weights, x);
      if (logits.indexOf(Math.max(...logits)) === labels[p]) correct++;
      entropy += Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0)) - logits[labels[p]!]!;
    });
    expect(accuracy).toBe(correct / count);
    expect(loss).toBeCloseTo(entropy / count, 5);
    const { hidden, jacobian } = await engine.features(weights, engine.upload(rows, count, 6));
    expect(jacobian).toBeNull();
    expect(hidden.map(({ length }) => length)).toEqual([count * 5, count * 4]);
    expect(Math.min(...hidden.flatMap((layer) => [...layer]))).toBe(0);
    engine.dispose();
  });

  test("the inputs' Gram matrix follows the pool: members lost, back, reordered, with new data", async () => {
    const spec = { layers: [6, 5, 3] };
    const engine = new NtkEngine(spec);
    const { weights, holders } = problem(spec, 4);
    const [a, b, c, d] = await members(engine, weights, holders);
    const renewed = { ...d!, key: c!.key };
    for (const pool of [
      [a!, b!, c!],
      [a!, b!],
      [a!, b!, c!],
      [c!, a!, b!],
      [a!, renewed],
      [a!, c!],
    ]) {
      const evolved = await engine.evolve({ weights, pool, kernel: 'averaged', options: fixed, wantKernel: true });
      const fresh = new NtkEngine(spec);
      const expected = await fresh.evolve({ weights, pool, kernel: 'averaged', options: fixed, wantKernel: true });
      fresh.dispose();
      expect(reference.relativeError(evolved.kernel!, expected.kernel!)).toBeLessThan(1e-6);
    }
    engine.dispose();
  });

  test.each([[[6, 3]], [[6, 5, 3]], [[7, 6, 5, 4]]])(
    'from whole Jacobians of %j the evolution is the same, and so is Jᵀ R',
    async (layers) => {
      const spec = { layers };
      const { weights, holders } = problem(spec, 3);
      const [layerwise, engine] = [new NtkEngine(spec), new NtkEngine(spec, 'jacobian')];
      const pool = await members(engine, weights, holders);
      const evolved = await engine.evolve({ weights, pool, kernel: 'averaged', options: fixed, wantKernel: true });
      const expected = await layerwise.evolve({
        weights,
        pool: await members(layerwise, weights, holders),
        kernel: 'averaged',
        options: fixed,
        wantKernel: true,
      });
      expect(reference.relativeError(evolved.kernel!, expected.kernel!)).toBeLessThan(1e-5);
      expect(reference.relativeError(evolved.residual, expected.residual)).toBeLessThan(1e-4);
      expect(reference.relativeError(evolved.logits, expected.logits)).toBeLessThan(1e-4);

      const step = new Float64Array(parameterCount(spec));
      let offset = 0;
      for (const { rows, labels } of holders) {
        const inputs = layerwise.upload(rows, labels.length, spec.layers[0]!);
        const residual = evolved.residual.slice(offset, (offset += labels.length * classCount(spec)));
        (await layerwise.pullback(weights, inputs, residual)).forEach((value, i) => (step[i]! += value));
      }
      expect(reference.relativeError(await engine.backProject(pool, evolved.residual), step)).toBeLessThan(1e-5);
      engine.dispose();
      layerwise.dispose();
    },
  );

  test('from projected Jacobians the kernel is that of J P, and nothing is projected back', async () => {
    const spec = { layers: [6, 5, 3] };
    const { weights, holders } = problem(spec, 3);
    for (const form of ['dense', 'khatri-rao'] as const) {
      const engine = new NtkEngine(spec, { form, size: 4, seed: 5 });
      const pool = await members(engine, weights, holders);
      const { kernel, residual } = await engine.evolve({ weights, pool, kernel: 'averaged', options: fixed, wantKernel: true });
      const rows = pool.flatMap(({ features, labels }) => [...labels].map((_, p) => features.jacobian!.subarray(12 * p, 12 * (p + 1))));
      const expected = rows.flatMap((p) => rows.map((q) => p.reduce((sum, value, i) => sum + value * q[i]!, 0)));
      expect(reference.relativeError(kernel!, expected)).toBeLessThan(1e-5);
      await expect(engine.backProject(pool, residual)).rejects.toThrow(PoolError);
      engine.dispose();
    }
  });

  test.each(networks)('several models teach %s their mean, each pool member with its own', async (_, spec) => {
    const width = spec.layers[0]!;
    const classes = classCount(spec);
    const { weights, holders } = problem(spec, 2);
    for (const form of isConvolutional(spec) ? (['layers'] as const) : (['layers', 'jacobian'] as const)) {
      const engine = new NtkEngine(spec, form);
      const pool: PoolMember[] = [];
      const teachers: number[] = [];
      for (const [k, member] of (await members(engine, weights, holders)).entries()) {
        const models = [
          { weights, weight: 0.5 },
          ...[2, 3].map((scale) => ({ weights: weights.map((w) => (scale + k) * w), weight: 0.25 })),
        ];
        const inputs = engine.upload(holders[k]!.rows, member.labels.length, width);
        const teacher = await engine.teacher({ models, temperature: fixed.temperature }, inputs);
        engine.release(inputs);
        const expected = samplesOf(spec, holders[k]!).flatMap((x) =>
          reference.softenedMean(
            models.map((model) => ({ ...model, logits: reference.linearise(spec, model.weights, x).logits })),
            fixed.temperature,
          ),
        );
        expect(reference.relativeError(teacher, expected)).toBeLessThan(1e-5);
        pool.push({ ...member, teacher });
        teachers.push(...expected);
      }
      const evolved = await engine.evolve({ weights, pool, kernel: 'averaged', options: spectral });
      const linearised = holders.flatMap((holder) => samplesOf(spec, holder)).map((x) => reference.linearise(spec, weights, x));
      const labels = holders.flatMap((holder) => [...holder.labels]);
      const attrs = { rate: evolved.scale, steps: 12, accelerated: false, temperature: 2, softWeight: 0.8 };
      const kernel = reference.kernelFromJacobians(linearised.map(({ jacobian }) => jacobian));
      const start = linearised.flatMap(({ logits }) => [...logits]);
      const expected = reference.evolve(kernel, start, labels, zeros(classes), attrs, teachers);
      expect(reference.relativeError(evolved.residual, expected.residual)).toBeLessThan(1e-4);
      expect(reference.relativeError(evolved.logits, expected.logits)).toBeLessThan(1e-4);
      engine.dispose();
    }
  });

  test('an exact sketch gives the exact kernel', async () => {
    const spec = { layers: [6, 5, 3] };
    const engine = new NtkEngine(spec);
    const { weights, holders } = problem(spec, 3);
    const pool = await members(engine, weights, holders);
    const centre = Float32Array.from([0.5, -1, 2, 0, 1, -0.3]);
    const matrix = sketchMatrix(6, 6, 1);
    const sketched = pool.map((member, k) => ({
      ...member,
      inputs: sketchInputs(holders[k]!.rows, holders[k]!.labels.length, 6, centre, matrix, 6),
    }));
    const exact = await engine.evolve({ weights, pool, kernel: 'averaged', options: fixed, wantKernel: true });
    const fromSketch = await engine.evolve({ weights, pool: sketched, kernel: 'averaged', options: fixed, wantKernel: true });
    expect(reference.relativeError(fromSketch.kernel!, exact.kernel!)).toBeLessThan(1e-5);
    engine.dispose();
  });

  test('what does not fit is named, and nothing stays behind', async () => {
    const spec = { layers: [6, 5, 3] };
    const engine = new NtkEngine(spec);
    const { weights, holders } = problem(spec, 2);
    const [own, other] = await members(engine, weights, holders);
    const evolve = (...pool: PoolMember[]) => engine.evolve({ weights, pool, kernel: 'averaged', options: fixed });
    const sketch = sketchInputs(holders[1]!.rows, 4, 6, new Float32Array(6), sketchMatrix(6, 4, 1), 4);
    await expect(evolve()).rejects.toThrow(PoolError);
    await expect(evolve(own!, own!)).rejects.toThrow(/c0 is in the pool twice/);
    await expect(evolve(own!, { ...other!, inputs: sketch })).rejects.toThrow(/c1 .*sketch inputs of width 4, beside exact/);
    await expect(evolve(own!, { ...other!, features: { hidden: [], jacobian: null, logits: null } })).rejects.toThrow(
      /c1 .*0 hidden layers, not 1/,
    );
    await expect(evolve(own!, { ...other!, features: { hidden: [new Float32Array(7)], jacobian: null, logits: null } })).rejects.toThrow(
      /7 activations of hidden layer 1/,
    );
    await expect(evolve(own!, { ...other!, labels: Uint8Array.of(0, 1, 2, 3) })).rejects.toThrow(/label 3 beyond the 3 classes/);
    await expect(evolve(own!, { ...other!, labels: new Uint8Array(9) })).rejects.toThrow(/24 input numbers for 9 samples/);
    await expect(evolve(own!, { ...other!, teacher: new Float32Array(12) })).rejects.toThrow(/c1 brought soft labels, unlike others/);
    await expect(evolve({ ...own!, teacher: new Float32Array(9) }, other!)).rejects.toThrow(/c1 brought no soft labels, unlike others/);
    await expect(evolve({ ...own!, teacher: new Float32Array(8) })).rejects.toThrow(/c0 brought 8 soft labels for 3 samples of 3/);
    await expect(evolve(own!, { ...other!, inputs: { ...sketch, cross: new Float32Array(1) } })).rejects.toThrow(/1 cross terms/);
    await expect(evolve(own!, { ...other!, inputs: { kind: 'exact', rows: holders[1]!.rows, width: 5 } })).rejects.toThrow(
      /inputs of 5 numbers, not 6/,
    );

    const diverged = { ...other!, features: { hidden: [other!.features.hidden[0]!.map(() => NaN)], jacobian: null, logits: null } };
    await expect(evolve(own!, diverged)).rejects.toThrow(EvolutionError);
    await expect(engine.evolve({ weights, pool: [own!, diverged], kernel: 'averaged', options: spectral })).rejects.toThrow(EvolutionError);

    const whole = new NtkEngine(spec, 'jacobian');
    const [ownRows, otherRows] = await members(whole, weights, holders);
    const { features } = otherRows!;
    const evolveRows = (changed: Partial<PoolMember>) =>
      whole.evolve({ weights, pool: [ownRows!, { ...otherRows!, ...changed }], kernel: 'averaged', options: fixed });
    await expect(evolveRows({ inputs: other!.inputs })).rejects.toThrow(/c1 .*inputs, which are not needed beside a Jacobian/);
    await expect(evolveRows({ features: other!.features })).rejects.toThrow(/c1 .*1 hidden layers, not 0/);
    await expect(evolveRows({ features: { ...features, jacobian: new Float32Array(9) } })).rejects.toThrow(
      /9 derivatives for 4 samples of 159/,
    );
    await expect(evolveRows({ features: { ...features, logits: new Float32Array(9) } })).rejects.toThrow(/9 logits for 4 samples of 3/);
    whole.dispose();

    const logistic = new NtkEngine({ layers: [6, 3] });
    const flat = new Float32Array(21);
    const sketched = { ...other!, inputs: sketch, features: { hidden: [], jacobian: null, logits: null } };
    await expect(logistic.evolve({ weights: flat, pool: [sketched], kernel: 'averaged', options: fixed })).rejects.toThrow(
      /exchange exact samples/,
    );
    engine.dispose();
    logistic.dispose();
  });

  test('dispose frees what is still uploaded; release only one', () => {
    const engine = new NtkEngine({ layers: [2, 2] });
    const one = engine.upload(new Float32Array(4), 2, 2);
    engine.upload(new Float32Array(6), 3, 2);
    engine.release(one);
    expect(tf.memory().numTensors).toBe(before.tensors + 1);
    engine.dispose();
  });
});
