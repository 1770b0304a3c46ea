import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { randomStream } from '../math/random.ts';
import { classCount, type FeatureForm, type ModelSpec } from '../model/model.ts';
import { hostBackends, liveTensors, useBackend } from '../testing/backends.ts';
import { networks, normals } from '../testing/kernelCases.ts';
import { anyNetwork, members, problem, samplesOf } from '../testing/pools.ts';
import * as reference from '../testing/reference.ts';
import { DeviceLbfgs } from './deviceLbfgs.ts';
import { NtkEngine } from './engine.ts';
import { EvolutionError, priorShift, type Flow, type Ridge, type Targets } from './evolution.ts';
import { HostLbfgs } from './hostLbfgs.ts';
import { curvatureBound, Objective } from './objective.ts';
import { poolOf, PoolError, type Pool, type PoolMember } from './pool.ts';
import { takeOne } from './readback.ts';
import type { RidgeProblem } from './lbfgs.ts';
import { minimise, solveRidge, type RidgeSolution } from './ridge.ts';
import { sketchInputs, sketchMatrix } from './sketch.ts';
import { lineariseWhole } from './whole.ts';

const targets: Targets & { readonly round: number } = { temperature: 2, softLabelWeight: 0.25, priorAdjustment: 1, round: 0 };
const ridge: Ridge = { kind: 'ridge', ridge: 0.1, tolerance: 1e-6, maxProducts: 1000 };

interface Case {
  readonly spec: ModelSpec;
  readonly form: FeatureForm;
  readonly weights: Float32Array;
  readonly pool: readonly PoolMember[];
  readonly samples: readonly reference.Linearised[];
}

/** Dense networks with up to three hidden layers. */
const anyLayers = (fewest: 0 | 1) =>
  fc
    .record({
      width: fc.integer({ min: 2, max: 9 }),
      hidden: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: fewest, maxLength: 3 }),
      classes: fc.integer({ min: 2, max: 4 }),
    })
    .map(({ width, hidden, classes }): ModelSpec => ({ layers: [width, ...hidden, classes] }));

/** A pool whose members brought features of this form, and what float64 has for it. */
async function caseOf(spec: ModelSpec, form: FeatureForm = 'layers', clients = 2): Promise<Case> {
  const engine = new NtkEngine(spec, form);
  const { weights, holders } = problem(spec, clients);
  const pool = await members(engine, weights, holders);
  engine.dispose();
  return {
    spec,
    form,
    weights,
    pool,
    samples: holders.flatMap((holder) => samplesOf(spec, holder)).map((x) => reference.linearise(spec, weights, x)),
  };
}

/** What float64 has for Jacobians projected so, the same P for all logits: J P in place of J. */
async function projectedCase(spec: ModelSpec, form: 'dense' | 'khatri-rao', size: number): Promise<Case> {
  const classes = classCount(spec);
  const projection = { form, size, seed: 2, isShared: true };
  const given = await caseOf(spec, projection);
  const rows = reference.projectedJacobian(projection, given.samples).map((value) => value * Math.sqrt(classes));
  const row = (at: number) => rows.subarray(size * at, size * (at + 1));
  const samples = given.samples.map((sample, p) => ({ ...sample, jacobian: sample.jacobian.map((_, c) => row(classes * p + c)) }));
  return { ...given, samples };
}

/** The same pool with inputs sketched to m dimensions around a centre. */
function sketched({ pool, ...rest }: Case, m: number, centre: Float32Array): Case {
  const width = rest.spec.layers[0]!;
  const matrix = sketchMatrix(width, m, 3);
  return {
    ...rest,
    pool: pool.map((member, k) => {
      const { inputs, labels } = member;
      if (!(inputs?.rows instanceof Float32Array)) throw new TypeError('a pool of exact inputs is sketched');
      const { centre: own, ...sketch } = sketchInputs(inputs.rows, labels.length, width, centre, matrix, m);
      // The others' sketches come without their centre.
      return { ...member, inputs: k === 0 ? { ...sketch, centre: own } : sketch };
    }),
  };
}

const matrixFor = ({ spec, samples }: Case) => normals(samples.length * classCount(spec), 'R', ...spec.layers);

async function productOf({ pool: members_, ...given }: Case, matrix: Float32Array): Promise<Float32Array> {
  const pool = poolOf(given.spec, given.form, members_);
  const { tangents, logits } = lineariseWhole({ ...given, pool });
  const product = tf.tidy(() => tangents.forward(tangents.backward(tf.tensor2d(matrix, [pool.samples, classCount(given.spec)]))));
  logits.dispose();
  tangents.dispose();
  return takeOne(product);
}

/** The same pool, whose members bring soft labels of their own. */
const taught = ({ pool, ...rest }: Case): Case => ({
  ...rest,
  pool: pool.map((member) => ({ ...member, teacher: normals(member.labels.length * classCount(rest.spec), 'teacher', member.key) })),
});

/** What the reference is asked for in place of `targets`. */
function askedOf({ spec, samples, pool }: Case): { start: number[]; asked: reference.Asked } {
  const start = samples.flatMap(({ logits }) => [...logits]);
  const labels = Int32Array.from(pool.flatMap((member) => [...member.labels]));
  const shift = [...priorShift(labels, classCount(spec), targets.priorAdjustment)];
  const softWeight = targets.softLabelWeight * targets.temperature;
  const taught = pool.flatMap(({ teacher }) => [...(teacher ?? [])]);
  return { start, asked: { labels, shift, teacher: taught.length > 0 ? taught : start, temperature: targets.temperature, softWeight } };
}

const evolve = ({ spec, form, weights, pool }: Case, options: (Flow | Ridge) & typeof targets) =>
  new NtkEngine(spec, form).evolve({ weights, pool, kernel: 'whole', options });

describe.each(hostBackends)('the whole kernel on %s', (backend) => {
  beforeAll(() => useBackend(backend));
  let before: ReturnType<typeof liveTensors>;
  beforeEach(() => void (before = liveTensors()));
  afterEach(() => expect(liveTensors(), 'tensors left behind').toEqual(before));

  async function compareProduct(given: Case): Promise<void> {
    const matrix = matrixFor(given);
    expect(reference.relativeError(await productOf(given, matrix), reference.whole(given.samples)(matrix))).toBeLessThan(1e-5);
  }

  test.each(networks)('its product of %s is J (Jᵀ R) of the explicit Jacobian', async (_, spec) => compareProduct(await caseOf(spec)));

  test('so is that of any network', () =>
    fc.assert(
      fc.asyncProperty(anyNetwork, async (spec) => compareProduct(await caseOf(spec))),
      { numRuns: 30 },
    ));

  test('of any dense network’s Jacobians it is that too', () =>
    fc.assert(
      fc.asyncProperty(anyLayers(0), async (spec) => compareProduct(await caseOf(spec, 'jacobian'))),
      { numRuns: 20 },
    ));

  test('and of any one’s sketches that are exact, whatever their centre', () =>
    fc.assert(
      fc.asyncProperty(anyLayers(1), fc.nat(4), fc.boolean(), async (spec, more, isCentred) => {
        const width = spec.layers[0]!;
        const centre = isCentred ? normals(width, 'centre') : new Float32Array(width);
        await compareProduct(sketched(await caseOf(spec), width + more, centre));
      }),
      { numRuns: 20 },
    ));

  test.each(['dense', 'khatri-rao'] as const)('of projected Jacobians, %s, it is that of J P, the same P for all logits', (form) =>
    fc.assert(
      fc.asyncProperty(anyLayers(1), fc.integer({ min: 1, max: 13 }), async (spec, size) =>
        compareProduct(await projectedCase(spec, form, size)),
      ),
      { numRuns: 20 },
    ),
  );

  test.each(['dense', 'khatri-rao'] as const)('of projected Jacobians, %s, it is right on average', async (form) => {
    const spec = { layers: [4, 3, 2] };
    const seeds = 300;
    let sum: Float64Array | null = null;
    let expected: Float64Array | null = null;
    for (let seed = 0; seed < seeds; seed++) {
      const given = await caseOf(spec, { form, size: 20, seed, isShared: true }, 1);
      const matrix = matrixFor(given);
      expected ??= reference.whole(given.samples)(matrix);
      const product = await productOf(given, matrix);
      sum = Float64Array.from(product, (value, i) => (sum?.[i] ?? 0) + value / seeds);
    }
    expect(reference.relativeError(sum!, expected!)).toBeLessThan(0.1);
  });

  test.each([
    ['euler', { rule: 'fixed', learningRate: 0.05, decay: 0 }],
    ['accelerated', { rule: 'spectral', scale: 2 }],
  ] as const)('the flow along it is its recursion in float64, %s', async (integrator, stepSize) => {
    for (const [k, [, spec]] of networks.entries()) {
      const given = k % 2 === 0 ? await caseOf(spec) : taught(await caseOf(spec));
      const evolved = await evolve(given, { kind: 'flow', integrator, stepSize, steps: 12, ...targets });
      const { start, asked } = askedOf(given);
      const attrs = { rate: evolved.scale, steps: 12, accelerated: integrator === 'accelerated', ...asked };
      const expected = reference.evolve(reference.whole(given.samples), start, asked.labels, asked.shift, attrs, asked.teacher);
      expect(reference.relativeError(evolved.residual, expected.residual)).toBeLessThan(1e-4);
      expect(reference.relativeError(evolved.logits, expected.logits)).toBeLessThan(1e-4);
    }
  });

  test('the spectral step size is scale · N / λmax of the whole kernel', async () => {
    const given = await caseOf({ layers: [6, 5, 3] });
    const flow: Flow = { kind: 'flow', integrator: 'euler', stepSize: { rule: 'spectral', scale: 2 }, steps: 1 };
    const { stepSize, scale, topEigenvalue, kernel } = await evolve(given, { ...flow, ...targets });
    const multiply = reference.whole(given.samples);
    let vector = new Float64Array(given.samples.length * 3).fill(1).map((value, i) => value + i / 10);
    let top = 0;
    for (let i = 0; i < 1000; i++) {
      const next = multiply(vector);
      top = Math.hypot(...next);
      vector = Float64Array.from(next, (value) => value / top);
    }
    expect(topEigenvalue! / top).toBeGreaterThan(0.9);
    expect(topEigenvalue! / top).toBeLessThan(1.0001);
    expect(stepSize).toBeCloseTo((2 * given.samples.length) / topEigenvalue!, 5);
    expect(scale).toBeCloseTo(stepSize! / given.samples.length, 12);
    expect(kernel).toBeUndefined();
  });

  /** Logits and step of a ridge; its R is one of many where there are more logits than parameters. */
  async function compareRidge(given: Case): Promise<void> {
    const evolved = await evolve(given, { ...ridge, ...targets });
    const { start, asked } = askedOf(given);
    const expected = reference.ridge(given.samples, start, asked, ridge.ridge);
    expect(evolved.solver!.relativeGradient).toBeLessThan(2e-6);
    expect(evolved.scale).toBe(1);
    expect(reference.relativeError(evolved.logits, expected.logits)).toBeLessThan(1e-4);
    const stepOf = (residual: ArrayLike<number>) => reference.backProjection(given.samples, residual);
    expect(reference.relativeError(stepOf(evolved.residual), stepOf(expected.residual))).toBeLessThan(1e-4);
  }

  test.each(networks)('the ridge of %s ends where Newton’s method in float64 does', async (_, spec) => compareRidge(await caseOf(spec)));

  test('so does one of Jacobians, one of sketches, and one of projections', async () => {
    const spec = { layers: [7, 6, 5, 4] };
    await compareRidge(await caseOf(spec, 'jacobian'));
    await compareRidge(sketched(await caseOf(spec), 7, normals(7, 'centre')));
    await compareRidge(await projectedCase(spec, 'dense', 9));
  });

  test.each(networks)('and that of %s whose neighbours teach', async (_, spec) => compareRidge(taught(await caseOf(spec))));

  /** What a ridge over such a pool is solved from, and what a solution's step is. */
  function ridgeOf(given: Case) {
    const pool: Pool = poolOf(given.spec, given.form, given.pool);
    const { asked } = askedOf(given);
    const { tangents, logits } = lineariseWhole({ ...given, pool });
    const { labels } = pool;
    const problem: RidgeProblem = { tangents, logits, asked: { ...asked, labels, shift: Float32Array.from(asked.shift), teacher: null } };
    const stepOf = ({ residual }: RidgeSolution) => reference.backProjection(given.samples, residual);
    return { problem, stepOf, dispose: () => [tangents, logits].forEach((held) => held.dispose()) };
  }

  test.each([
    ['on the host', HostLbfgs],
    ['as a device has them', DeviceLbfgs],
  ] as const)('the ridge’s solution is the same from any start, its vectors %s', (_, vectors) =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1e6 }), fc.double({ min: 0.01, max: 1, noNaN: true }), async (seed, size) => {
        const given = await caseOf({ layers: [6, 5, 3] });
        const { problem, stepOf, dispose } = ridgeOf(given);
        const random = randomStream(seed, 'start');
        const from = Float32Array.from({ length: problem.logits.size }, () => size * random.normal());
        const zero = await solveRidge(problem, ridge);
        const lbfgs = await vectors.begin(problem, ridge.ridge);
        const other = await minimise(lbfgs, ridge, from);
        lbfgs.dispose();
        dispose();
        expect(other.relativeGradient).toBeLessThan(2e-6);
        expect(reference.relativeError(other.logits, zero.logits)).toBeLessThan(1e-4);
        expect(reference.relativeError(stepOf(other), stepOf(zero))).toBeLessThan(1e-4);
      }),
      { numRuns: 10 },
    ),
  );

  test('a ridge tells how far it was solved: to its tolerance, or to its bound', async () => {
    const given = await caseOf({ layers: [6, 5, 3] });
    const loose = (await evolve(given, { ...ridge, tolerance: 0.05, ...targets })).solver!;
    expect(loose.relativeGradient).toBeLessThanOrEqual(0.05);
    const bounded = await evolve(given, { ...ridge, maxProducts: 4, ...targets });
    expect(bounded.solver!.products).toBe(4);
    expect(bounded.solver!.relativeGradient).toBeGreaterThan(1e-4);
    // Wherever it stopped, R belongs to the logits.
    const { start } = askedOf(given);
    const moved = reference
      .whole(given.samples)(bounded.residual)
      .map((value, i) => start[i]! - value);
    expect(reference.relativeError(bounded.logits, moved)).toBeLessThan(1e-5);
  });

  test('numbers that are not finite, a ridge with the averaged kernel and sketches without a centre are errors', async () => {
    const given = await caseOf({ layers: [6, 5, 3] });
    const wild = given.pool.map((member) => ({
      ...member,
      features: { ...member.features, hidden: [member.features.hidden[0]!.map(() => NaN)] },
    }));
    const flow: Flow = { kind: 'flow', integrator: 'euler', stepSize: { rule: 'spectral', scale: 2 }, steps: 2 };
    await expect(evolve({ ...given, pool: wild }, { ...ridge, ...targets })).rejects.toThrow(EvolutionError);
    await expect(evolve({ ...given, pool: wild }, { ...flow, ...targets })).rejects.toThrow(EvolutionError);
    const fixed: Flow = { ...flow, stepSize: { rule: 'fixed', learningRate: 0.1, decay: 0 } };
    await expect(evolve({ ...given, pool: wild }, { ...fixed, ...targets })).rejects.toThrow(EvolutionError);
    const { weights, pool } = given;
    const averaged = new NtkEngine(given.spec).evolve({ weights, pool, kernel: 'averaged', options: { ...ridge, ...targets } });
    await expect(averaged).rejects.toThrow(/needs the whole kernel/);
    const sketches = sketched(given, 4, normals(6, 'centre'));
    await expect(evolve({ ...sketches, pool: sketches.pool.slice(1) }, { ...ridge, ...targets })).rejects.toThrow(PoolError);
  });
});

describe('what a pool asks of its logits', () => {
  const samples = 5;
  const classes = 4;
  const asked: reference.Asked = {
    labels: [0, 3, 1, 1, 2],
    shift: [...normals(classes, 'shift')],
    teacher: normals(samples * classes, 'teacher'),
    temperature: 2,
    softWeight: 0.7,
  };
  const logits = normals(samples * classes, 'logits').map((value) => 2 * value);

  test('its gradient in float64 agrees with finite differences of the loss', () => {
    const gradient = reference.lossGradient(asked, logits);
    gradient.forEach((slope, i) => {
      const along = (h: number) => Float64Array.from(logits, (value, at) => value + (at === i ? h : 0));
      const [up, down] = [1e-5, -1e-5].map((h) => reference.lossOf(asked, along(h)));
      expect((up! - down!) / 2e-5).toBeCloseTo(slope, 7);
    });
  });

  test('its gradient in float32 is that, and its curvature is below the bound along any direction', () => {
    const { labels, shift, teacher, temperature, softWeight } = asked;
    const teachers = Float32Array.from(teacher);
    const given = { labels: Int32Array.from(labels), shift: Float32Array.from(shift), teacher: teachers, temperature, softWeight };
    const objective = new Objective(given, teachers);
    expect(reference.relativeError(objective.gradient(logits), reference.lossGradient(asked, logits))).toBeLessThan(1e-6);
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = randomStream(seed, 'direction');
        const direction = Float64Array.from(logits, () => random.normal());
        const along = (h: number) => Float64Array.from(logits, (value, i) => value + h * direction[i]!);
        const [up, here, down] = [1e-3, 0, -1e-3].map((h) => reference.lossOf(asked, along(h)));
        const square = direction.reduce((sum, value) => sum + value ** 2, 0);
        expect((up! - 2 * here! + down!) / 1e-6).toBeLessThan(1.001 * curvatureBound(given) * square);
      }),
    );
  });
});
