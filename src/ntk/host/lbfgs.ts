/** The kernels of ops/ntkLbfgs.ts in JavaScript. */

import type * as tf from '@tensorflow/tfjs';
import { MEMORY } from '../lbfgs.ts';
import { gradientAt, type Softening } from '../objective.ts';
import {
  CHANGES,
  GRADIENT,
  lbfgsAttrs,
  NTK_COMBINE,
  NTK_MOVE,
  NTK_REMEMBER,
  NTK_SLOPES,
  NTK_TWO_LOOPS,
  PIECE,
  piecesOf,
  POINT,
  ROWS,
  STEPS,
} from '../ops/ntkLbfgs.ts';
import { floats, hostBackend, output, required } from './access.ts';

/** The inputs of a kernel by name. */
type Read = (name: string) => { readonly values: Float32Array; readonly shape: number[] };

interface Result {
  readonly values: Float32Array;
  readonly shape: number[];
}

function moved(read: Read, { distance, ...softening }: Softening & { readonly distance: number }): Result {
  const { values: tangent } = read('tangent');
  const { values: place, shape } = read('place');
  const logits = tangent.map((value, i) => place[i]! + distance * value);
  const slopes = gradientAt(logits, { targets: read('targets').values, shift: read('shift').values, ...softening });
  const values = new Float32Array(place.length);
  values.set(logits);
  values.set(slopes, logits.length);
  return { values, shape };
}

function remembered(read: Read, { distance, ridge }: { readonly distance: number; readonly ridge: number }): Result {
  const { values: memory, shape } = read('memory');
  const { values: direction } = read('direction');
  const { values: sums } = read('sums');
  const { values: place, shape: placeShape } = read('place');
  const [samples, size] = [placeShape[1]!, place.length / 2];
  const firstOfR = PIECE * piecesOf(sums.length);
  /** Of the loss by a number of θ or R. */
  const lossSlope = (at: number) => {
    if (at < firstOfR) return at < sums.length ? sums[at]! / samples : 0;
    return at - firstOfR < size ? -place[size + at - firstOfR]! / samples : 0;
  };
  const values = new Float32Array(memory.length);
  direction.forEach((along, at) => {
    const first = Math.floor(at / PIECE) * ROWS * PIECE + (at % PIECE);
    const row = (index: number) => first + index * PIECE;
    const point = memory[row(POINT)]! + distance * along;
    const gradient = ridge * point + lossSlope(at);
    for (let pair = 0; pair < MEMORY; pair++) {
      const isLatest = pair === MEMORY - 1;
      values[row(STEPS + pair)] = isLatest ? distance * along : memory[row(STEPS + pair + 1)]!;
      values[row(CHANGES + pair)] = isLatest ? gradient - memory[row(GRADIENT)]! : memory[row(CHANGES + pair + 1)]!;
    }
    values[row(GRADIENT)] = gradient;
    values[row(POINT)] = point;
  });
  return { values, shape };
}

function twoLoops(read: Read, pairs: number): Result {
  const { values: grams } = read('grams');
  const gram = new Float64Array(ROWS * ROWS);
  grams.forEach((value, i) => (gram[i % gram.length]! += value));
  const product = (a: number, b: number) => gram[a * ROWS + b]!;
  const coefficients = new Float64Array(ROWS);
  coefficients[GRADIENT] = -1;
  /** A row · the combination so far. */
  const along = (row: number) => coefficients.reduce((sum, value, other) => sum + value * product(row, other), 0);
  const weights = new Float64Array(MEMORY);
  const used = Array.from({ length: pairs }, (_, i) => MEMORY - pairs + i).filter((pair) => product(STEPS + pair, CHANGES + pair) > 0);
  for (const pair of used.toReversed()) {
    weights[pair] = along(STEPS + pair) / product(STEPS + pair, CHANGES + pair);
    coefficients[CHANGES + pair]! -= weights[pair]!;
  }
  const latest = used.at(-1);
  if (latest !== undefined) {
    const scale = product(STEPS + latest, CHANGES + latest) / product(CHANGES + latest, CHANGES + latest);
    for (let row = 0; row < ROWS; row++) coefficients[row]! *= scale;
  }
  for (const pair of used) {
    coefficients[STEPS + pair]! += weights[pair]! - along(CHANGES + pair) / product(STEPS + pair, CHANGES + pair);
  }
  const square = coefficients.reduce((sum, value, row) => sum + value * along(row), 0);
  return { values: Float32Array.of(...coefficients, along(GRADIENT), square, product(GRADIENT, GRADIENT)), shape: [ROWS + 3] };
}

function combined(read: Read): Result {
  const { values: memory, shape } = read('memory');
  const { values: coefficients } = read('coefficients');
  const values = Float32Array.from({ length: memory.length / ROWS }, (_, at) => {
    const first = Math.floor(at / PIECE) * ROWS * PIECE + (at % PIECE);
    let sum = 0;
    for (let row = 0; row < ROWS; row++) sum += coefficients[row]! * memory[first + row * PIECE]!;
    return sum;
  });
  return { values, shape: [shape[0]!, PIECE] };
}

function slopes(read: Read, softening: Softening): Result {
  const { values: tangent } = read('tangent');
  const { values: place } = read('place');
  const { values: shift } = read('shift');
  const { values: distances, shape } = read('distances');
  const targets = new Float32Array(tangent.length);
  const at = (distance: number) =>
    gradientAt(
      tangent.map((value, i) => place[i]! + distance * value),
      { targets, shift, ...softening },
    );
  const here = at(0);
  const values = distances.map((distance) => at(distance).reduce((sum, value, i) => sum + (value - here[i]!) * tangent[i]!, 0));
  return { values, shape };
}

export function lbfgsKernels(backendName: 'wasm' | 'cpu'): readonly tf.KernelConfig[] {
  const kernel = (kernelName: string, compute: (read: Read, attrs: tf.NamedAttrMap | undefined) => Result): tf.KernelConfig => ({
    kernelName,
    backendName,
    kernelFunc({ inputs, backend: anyBackend, attrs }) {
      const backend = hostBackend(anyBackend);
      const { values, shape } = compute((name) => {
        const tensor = required(inputs, name);
        return { values: floats(backend, tensor), shape: tensor.shape };
      }, attrs);
      return output(backend, values, shape);
    },
  });
  return [
    kernel(NTK_MOVE, (read, attrs) => moved(read, lbfgsAttrs.move(attrs))),
    kernel(NTK_REMEMBER, (read, attrs) => remembered(read, lbfgsAttrs.remember(attrs))),
    kernel(NTK_TWO_LOOPS, (read, attrs) => twoLoops(read, lbfgsAttrs.twoLoops(attrs).remembered)),
    kernel(NTK_COMBINE, combined),
    kernel(NTK_SLOPES, (read, attrs) => slopes(read, lbfgsAttrs.slopes(attrs))),
  ];
}
