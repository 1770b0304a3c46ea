/** How wrong an exchange makes a kernel. */

import { selectBackend } from '../backend/backend.ts';
import { locateWasm } from '../backend/wasmNode.ts';
import type { Problem } from '../client/problem.ts';
import { inputsAsKnown } from '../client/knownInputs.ts';
import { packedProblems } from '../runner/packedProblems.ts';
import { inputWidth } from '../model/model.ts';
import { NtkEngine } from '../ntk/engine.ts';
import type { PoolMember } from '../ntk/pool.ts';
import type { NtkMethod } from '../settings/method.ts';
import { featureForm, type Settings } from '../settings/settings.ts';

/** Client 0 and its neighbours in the first round. */
async function firstPool(settings: Settings, clients: number): Promise<readonly Problem[]> {
  const source = packedProblems();
  const neighbours = source.graph(settings, clients, 0)[0] ?? [];
  return Promise.all([0, ...neighbours].map((number) => source.problem(settings, number, () => undefined)));
}

/** The mean of all members' inputs. */
function centreOf(pool: readonly Problem[]): Float32Array {
  const width = inputWidth(pool[0]!.model);
  const mean = new Float64Array(width);
  const samples = pool.reduce((sum, { own }) => sum + own.labels.length, 0);
  for (const { own } of pool) own.rows.forEach((value, i) => (mean[i % width]! += value / samples));
  return Float32Array.from(mean);
}

/**
 * K at the initial weights, N x N, from what the settings let clients give each other; of the whole kernel, which is never built,
 * its product with the first residuals, N x C.
 */
async function kernelOf(pool: readonly Problem[], settings: Settings, { kernel, evolution }: NtkMethod): Promise<Float32Array> {
  const { model, initialWeights: weights } = pool[0]!;
  const engine = new NtkEngine(model, featureForm(settings));
  const centre = centreOf(pool);
  try {
    const members: PoolMember[] = [];
    for (const [k, problem] of pool.entries()) {
      const { rows, labels } = problem.own;
      const inputs = engine.upload(rows, labels.length, inputWidth(model));
      const features = await engine.features(weights, inputs);
      engine.release(inputs);
      members.push({ key: String(k), ...inputsAsKnown(problem, centre, true, settings), features, teacher: null });
    }
    /** One step, after which the logits are f⁰ - (η/N) Θ (softmax(f⁰) - Y). */
    const evolve = (learningRate: number) => {
      const flow = { kind: 'flow', stepSize: { rule: 'fixed', learningRate, decay: 0 }, integrator: 'euler', steps: 1 } as const;
      const options = { ...flow, temperature: evolution.temperature, softLabelWeight: 0, priorAdjustment: 0, round: 0 };
      return engine.evolve({ weights, pool: members, kernel, options, wantKernel: kernel === 'averaged' });
    };
    const still = await evolve(0);
    if (still.kernel) return still.kernel;
    const { logits } = await evolve(members.reduce((sum, { labels }) => sum + labels.length, 0));
    return logits.map((logit, i) => still.logits[i]! - logit);
  } finally {
    engine.dispose();
  }
}

/**
 * By how much the exchange of these settings makes a client's first kernel wrong, for client 0: |K̂ - K| / |K| in the Frobenius norm,
 * or of the whole kernel's product with the first residuals.
 */
export async function kernelError(settings: Settings, method: NtkMethod, clients: number): Promise<number> {
  locateWasm();
  await selectBackend('wasm');
  const pool = await firstPool(settings, clients);
  const exact = await kernelOf(pool, { ...settings, exchange: 'exact' }, method);
  const estimate = await kernelOf(pool, settings, method);
  return normOf(exact.map((value, i) => estimate[i]! - value)) / normOf(exact);
}

const normOf = (values: Float32Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
