/** A small problem for each kernel of L-BFGS, with its result in float64; the same in Node and in the browser. */

import * as tf from '@tensorflow/tfjs';
import { randomStream } from '../math/random.ts';
import { MEMORY } from '../ntk/lbfgs.ts';
import { targetsOf } from '../ntk/objective.ts';
import {
  CHANGES,
  GRADIENT,
  ntkCombine,
  ntkMove,
  ntkRemember,
  ntkSlopes,
  ntkTwoLoops,
  PIECE,
  piecesOf,
  POINT,
  ROWS,
} from '../ntk/ops/ntkLbfgs.ts';
import { normals } from './kernelCases.ts';
import * as reference from './reference.ts';

interface LbfgsSize {
  readonly samples: number;
  readonly classes: number;
  /** Numbers of θ. */
  readonly unknowns: number;
  /** Pairs that count. */
  readonly remembered: number;
  readonly softWeight: number;
}

export const lbfgsSizes: readonly LbfgsSize[] = [
  { samples: 1, classes: 2, unknowns: 3, remembered: 0, softWeight: 0 },
  { samples: 33, classes: 3, unknowns: 256, remembered: 1, softWeight: 0.6 },
  { samples: 65, classes: 20, unknowns: 601, remembered: 10, softWeight: 0 },
  { samples: 300, classes: 7, unknowns: 1030, remembered: 4, softWeight: 0.6 },
];

interface LbfgsCase {
  readonly name: string;
  /** Inside a `tf.tidy`. */
  readonly compute: () => tf.Tensor;
  readonly expected: Float64Array;
}

const DISTANCE = 0.7;
const RIDGE = 0.1;
const DISTANCES = [0.1, 0.5, 1, 3, 7];

export function lbfgsCases(size: LbfgsSize): LbfgsCase[] {
  const name = `N = ${size.samples}, C = ${size.classes}, ${size.unknowns} unknowns, ${size.remembered} pairs`;
  return [...objectiveCases(size), ...memoryCases(size)].map((made) => ({ ...made, name: `${made.name}, ${name}` }));
}

/** What is made of the logits and their tangent. */
function objectiveCases({ samples, classes, softWeight }: LbfgsSize): LbfgsCase[] {
  const [logits, tangent, teacher] = ['logits', 'tangent', 'teacher'].map((name) => normals(samples * classes, name));
  const random = randomStream(1, 'labels', samples);
  const labels = Int32Array.from({ length: samples }, () => random.integer(classes));
  const shift = normals(classes, 'shift');
  const softening = { temperature: 2, softWeight };
  const asked = { labels, shift: [...shift], teacher: teacher!, ...softening };
  const ahead = (distance: number) => Float64Array.from(logits!, (value, i) => value + distance * tangent![i]!);
  const slopes = reference.lossGradient(asked, logits!);
  const given = () => ({
    place: tf.tensor3d([...logits!, ...slopes], [2, samples, classes]),
    tangent: tf.tensor2d(tangent!, [samples, classes]),
    shift: tf.tensor1d(shift),
  });
  const targets = () => targetsOf(tf.tensor1d(labels, 'int32'), tf.tensor2d(teacher!, [samples, classes]), softening);
  const changes = DISTANCES.map((distance) =>
    reference.lossGradient(asked, ahead(distance)).reduce((sum, value, i) => sum + (value - slopes[i]!) * tangent![i]!, 0),
  );
  return [
    {
      name: 'f and g after a step',
      compute: () => ntkMove({ ...given(), targets: targets() }, { distance: DISTANCE, ...softening }),
      expected: Float64Array.of(...ahead(DISTANCE), ...reference.lossGradient(asked, ahead(DISTANCE))),
    },
    {
      name: 'changes of the slope',
      compute: () => ntkSlopes({ ...given(), distances: tf.tensor1d(DISTANCES) }, softening),
      expected: Float64Array.from(changes),
    },
  ];
}

/** What is made of the remembered vectors. */
function memoryCases({ samples, classes, unknowns, remembered }: LbfgsSize): LbfgsCase[] {
  const size = samples * classes;
  const firstOfR = PIECE * piecesOf(unknowns);
  const length = firstOfR + PIECE * piecesOf(size);
  /** θ and R, each filled up with zeros to whole pieces. */
  const vectorOf = (theta: ArrayLike<number>, r: ArrayLike<number>) => {
    const vector = new Float64Array(length);
    vector.set(theta);
    vector.set(r, firstOfR);
    return vector;
  };
  const vector = (row: number | string) => vectorOf(normals(unknowns, 'θ', row), normals(size, 'R', row));
  const rows = Array.from({ length: ROWS }, (_, row) => vector(row));
  // A change of the gradient goes along with its step.
  for (let pair = 0; pair < MEMORY; pair++) {
    rows[CHANGES + pair] = Float64Array.from(rows[CHANGES + pair]!, (value, i) => Math.fround(rows[pair]![i]! + 0.3 * value));
  }
  /** As a memory has them: all rows of a piece, then those of the next. */
  const stacked = (vectors: readonly Float64Array[]) =>
    Float64Array.from(
      { length: ROWS * length },
      (_, at) => vectors[Math.floor(at / PIECE) % ROWS]![Math.floor(at / (ROWS * PIECE)) * PIECE + (at % PIECE)]!,
    );
  const memory = () => tf.tensor3d(Float32Array.from(stacked(rows)), [length / PIECE, ROWS, PIECE]);

  const [step, sums, slopes] = [vector('direction'), normals(unknowns, 'sums'), normals(size, 'slopes')];
  const losses = vectorOf(
    sums.map((sum) => sum / samples),
    slopes.map((slope) => -slope / samples),
  );
  const point = rows[POINT]!.map((value, i) => value + DISTANCE * step[i]!);
  const gradient = point.map((value, i) => RIDGE * value + losses[i]!);
  const moved = step.map((value) => DISTANCE * value);
  const change = gradient.map((value, i) => value - rows[GRADIENT]![i]!);
  const later = [...rows.slice(1, MEMORY), moved, ...rows.slice(CHANGES + 1, CHANGES + MEMORY), change, gradient, point];

  const pairs = Array.from({ length: remembered }, (_, i) => MEMORY - remembered + i).map((pair) => ({
    step: rows[pair]!,
    change: rows[CHANGES + pair]!,
  }));
  const direction = reference.lbfgsDirection(pairs, rows[GRADIENT]!, unknowns);
  const inner = (a: Float64Array, b: Float64Array) => a.subarray(0, unknowns).reduce((sum, value, i) => sum + value * b[i]!, 0);
  const told = [inner(rows[GRADIENT]!, direction), inner(direction, direction), inner(rows[GRADIENT]!, rows[GRADIENT]!)];
  return [
    {
      name: 'memory after a step',
      compute: () => {
        const place = tf.tensor3d([...new Float32Array(size), ...slopes], [2, samples, classes]);
        const given = {
          memory: memory(),
          direction: tf.tensor2d(Float32Array.from(step), [length / PIECE, PIECE]),
          sums: tf.tensor1d(sums),
          place,
        };
        return ntkRemember(given, { distance: DISTANCE, ridge: RIDGE });
      },
      expected: stacked(later),
    },
    {
      name: 'direction',
      compute: () => ntkCombine({ memory: memory(), coefficients: ntkTwoLoops(memory(), unknowns, { remembered }) }),
      expected: direction,
    },
    {
      name: 'inner products of the direction and the gradient',
      compute: () => tf.slice1d(ntkTwoLoops(memory(), unknowns, { remembered }), ROWS, 3),
      expected: Float64Array.from(told),
    },
  ];
}
