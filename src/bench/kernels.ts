/** `npm run bench:kernels`: how fast a round's stages are here, against every other way to compute them. */

import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import * as v from 'valibot';
import type { BackendName } from '../backend/backend.ts';
import { option, parseOptions, runCommand, toggle, toNumber, UsageError } from '../cli/commandLine.ts';
import { browserBench, nodeBench } from './bench.ts';
import { summaryOf, tableOf, type StageResult } from './kernelReport.ts';
import type { Size, Stage } from './workload.ts';

const backendNames: readonly BackendName[] = ['webgpu', 'wasm', 'cpu'];
const stages: readonly Stage[] = ['product', 'forward', 'kernel', 'evolution', 'pullback'];
/** N at which a ridge is compared with a flow whose kernel is built; of the first hidden layer. */
const SOLVED = [1200, 4800];
/** S of the default settings. */
const STEPS = 40;
/** N and hidden units at which the Jacobian itself still fits into a tab. */
const MATERIALISED = { samples: 100, hidden: 100 };

const sizesOption = (fallback: readonly number[], help: string, max: number) =>
  option(
    'LIST',
    `${help} (default ${fallback.join()})`,
    v.pipe(
      v.string(),
      v.transform((text) => text.split(',').map(toNumber)),
      v.array(v.pipe(v.number(), v.integer(), v.minValue(4), v.maxValue(max))),
      v.maxLength(8),
    ),
  );

const WITHOUT_DAWN = 'There is no WebGPU in this Node; install Dawn with `npm install --no-save webgpu`, and a Vulkan driver.';

const defaults = { sizes: [300, 600, 1200], hidden: [100, 512] };

const command = {
  call: 'npm run bench:kernels',
  summary: 'Times the stages of a round, each computed in every way this machine has.',
  options: v.strictObject({
    backend: option('NAME', 'only webgpu, wasm or cpu (default all)', v.picklist(backendNames)),
    sizes: sizesOption(defaults.sizes, 'pooled samples N', 4000),
    hidden: sizesOption(defaults.hidden, 'sizes of the hidden layer', 4096),
    json: option('FILE', 'write the measurements there', v.pipe(v.string(), v.minLength(1, 'the name of a file'))),
    node: toggle('in Node instead of a browser, on WebGPU by Dawn where the npm package webgpu is installed'),
    quick: toggle('one small size, timed once: whether all works, not how fast'),
  }),
};

await runCommand(async (argv, stop) => {
  const { backend, quick = false, node = false, json, ...given } = parseOptions(command, argv);
  const samples = given.sizes ?? (quick ? [64] : defaults.sizes);
  const hidden = given.hidden ?? (quick ? [32] : defaults.hidden);
  const limits = quick ? { repeats: 1, patience: 0 } : { repeats: 5, patience: 4000 };
  const bench = await (node ? nodeBench() : browserBench());
  stop.addEventListener('abort', () => void bench.close());
  try {
    const adapters = await bench.start(backend ? [backend] : backendNames);
    const backends = backendNames.filter((name) => adapters[name] !== undefined);
    if (node && adapters.webgpu === undefined && (!backend || backend === 'webgpu')) process.stderr.write(`${WITHOUT_DAWN}\n`);
    if (backends.length === 0) throw new UsageError(`The ${backend} backend does not start here; choose another with --backend.`);
    const results: StageResult[] = [];
    const measure = async (size: Size, stage: Stage, materialised = false) => {
      process.stderr.write(`${stage}, N = ${size.samples}, ${size.hidden} hidden units\n`);
      // Plain JavaScript would take a minute.
      const solving = backends.filter((name) => name !== 'cpu');
      const used = materialised ? (['wasm'] as const) : stage === 'solve' && solving.length > 0 ? solving : backends;
      const request = { size, stage, backends: used, materialised, limits };
      results.push({ stage, ...size, measurements: await bench.measure(request) });
    };
    for (const n of samples) {
      for (const [i, h] of hidden.entries()) {
        for (const stage of stages) {
          // The evolution does not depend on the hidden layer.
          if (stage !== 'evolution' || i === 0) await measure({ samples: n, hidden: h, steps: STEPS }, stage);
        }
      }
    }
    for (const n of quick ? samples : SOLVED) await measure({ samples: n, hidden: hidden[0]!, steps: STEPS }, 'solve');
    if (backends.includes('wasm')) {
      await measure(
        { samples: quick ? 8 : MATERIALISED.samples, hidden: Math.min(hidden[0]!, MATERIALISED.hidden), steps: STEPS },
        'kernel',
        true,
      );
    }
    const machine = { runtime: bench.runtime, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, adapters };
    process.stdout.write(`${machine.runtime}, ${machine.cores} x ${machine.cpu}, WebGPU on ${adapters.webgpu ?? 'nothing'}\n\n`);
    process.stdout.write(`${tableOf(results)}\n\n${summaryOf(results)}\n`);
    if (json !== undefined)
      await writeFile(json, `${JSON.stringify({ format: 'sparkmesh-bench-kernels/1', machine, results }, null, 2)}\n`);
  } finally {
    await bench.close();
  }
});
