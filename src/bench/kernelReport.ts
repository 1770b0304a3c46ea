/** The tables and ratios of `npm run bench:kernels`. */

import type { BackendName } from '../backend/backend.ts';
import { digits, megabytes, percent } from '../math/format.ts';
import type { Measurement } from './measure.ts';
import { table } from './table.ts';
import type { Size, Stage } from './workload.ts';

/** One stage at one size, all ways measured in the same interleaved run. */
export interface StageResult extends Size {
  readonly stage: Stage;
  readonly measurements: readonly Measurement[];
}

/** The fastest of this project's ways or of tfjs's, on one backend or any. */
function fastest({ measurements }: StageResult, whose: 'own' | 'tfjs', backend?: BackendName): Measurement | undefined {
  return measurements
    .filter((m) => m.way.includes(` ${whose}`) && (backend === undefined || m.backend === backend))
    .toSorted((a, b) => a.ms - b.ms)[0];
}

/** GFLOP/s of a backend's best matrix product of this size, or of as many hidden units and the nearest number of samples. */
function bestProduct(results: readonly StageResult[], { samples, hidden }: Size, backend: BackendName): number {
  const [product] = results
    .filter((result) => result.stage === 'product' && result.hidden === hidden)
    .toSorted((a, b) => Math.abs(a.samples - samples) - Math.abs(b.samples - samples));
  return Math.max(0, ...(product?.measurements ?? []).filter((m) => m.backend === backend).map(({ gflops }) => gflops));
}

export function tableOf(results: readonly StageResult[]): string {
  const rows = results.flatMap((result) => {
    const reference = fastest(result, 'own', 'webgpu') ?? fastest(result, 'own');
    return result.measurements.map(({ way, backend, ms, gflops, tensorBytes, gpuBytes }) => {
      const product = bestProduct(results, result, backend);
      // Neither building the Jacobian nor the flow beside a ridge does the operations that are counted.
      const isCounted = !way.includes('Jacobian') && !way.includes('averaged');
      return [
        `${result.stage}, N = ${result.samples}, ${result.hidden} hidden`,
        way,
        digits(ms),
        isCounted ? digits(gflops) : '',
        isCounted && product > 0 ? percent(gflops / product, 0) : '',
        megabytes(tensorBytes),
        gpuBytes > 0 ? megabytes(gpuBytes) : '',
        reference ? `${digits(ms / reference.ms)}x` : '',
      ];
    });
  });
  return table([['stage', 'way', 'ms', 'GFLOP/s', 'of product', 'tensors', 'GPU', 'time'], ...rows]);
}

/** The ratios that matter, of the size nearest to the usual pool of 600. */
export function summaryOf(results: readonly StageResult[]): string {
  const sentences: string[] = [];
  const nearest = results
    .filter(({ measurements }) => !measurements.some(({ way }) => way.includes('Jacobian')))
    .toSorted((a, b) => Math.abs(a.samples - 600) - Math.abs(b.samples - 600) || a.hidden - b.hidden);
  const at = (stage: Stage) => nearest.find((result) => result.stage === stage);
  for (const backend of ['webgpu', 'wasm', 'cpu'] as const) {
    const ratios = (['kernel', 'evolution', 'forward', 'pullback'] as const).flatMap((stage) => {
      const result = at(stage);
      const plain = result && fastest(result, 'tfjs', backend);
      const own = result && fastest(result, 'own', backend);
      return plain && own ? [`${stage} ${digits(plain.ms / own.ms)}x`] : [];
    });
    if (ratios.length > 0) sentences.push(`own against tfjs on ${backend}: ${ratios.join(', ')}`);
  }
  const jacobian = results.flatMap(({ samples, measurements }) => {
    const whole = measurements.find(({ way }) => way.includes('Jacobian'));
    const layerWise = measurements.find(({ way }) => way === 'wasm own');
    return whole && layerWise
      ? [
          `layer-wise against Jacobian (wasm, N = ${samples}): time ${digits(whole.ms / layerWise.ms)}x, tensors ${digits(whole.tensorBytes / layerWise.tensorBytes)}x`,
        ]
      : [];
  });
  const solved = results
    .filter(({ stage }) => stage === 'solve')
    .flatMap(({ samples, measurements }) =>
      (['webgpu', 'wasm', 'cpu'] as const).flatMap((backend) => {
        const fastestOf = (method: string) =>
          Math.min(...measurements.filter((m) => m.backend === backend && m.way.includes(method)).map(({ ms }) => ms));
        const ratio = fastestOf('averaged') / fastestOf('ridge');
        return Number.isFinite(ratio)
          ? [`ridge against flow with the averaged kernel (${backend}, N = ${samples}): ${digits(ratio)}x`]
          : [];
      }),
    );
  return `N = ${nearest[0]?.samples}: ${[...sentences, ...jacobian, ...solved].join('; ')}.`;
}
