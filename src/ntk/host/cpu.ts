import { floats } from './access.ts';
import { dotRows } from './dotRows.ts';
import { hostKernels } from './kernels.ts';

/** The kernels in plain JavaScript. */
export const cpuKernels = hostKernels('cpu', {
  gram(backend, a) {
    const [samples, width] = [a.shape[0]!, a.shape[1]!];
    const rows = floats(backend, a);
    const gram = new Float32Array(samples * samples);
    for (let p = 0; p < samples; p++) dotRows(rows, p, rows, p, samples, width, gram, p * samples);
    return gram;
  },
  multiply(backend, g, kernel) {
    const samples = kernel.shape[0]!;
    const rows = floats(backend, kernel);
    const product = new Float32Array(g.length);
    // K is symmetric: its rows are its columns.
    for (let c = 0; c * samples < g.length; c++) dotRows(g, c, rows, 0, samples, samples, product, c * samples);
    return product;
  },
});
