/** What a client's neighbours have of its inputs, made again from its samples. */
import { throughHalf } from '../math/half.ts';
import { inputWidth } from '../model/model.ts';
import { inHalves, type InputFeatures } from '../ntk/pool.ts';
import { sketchInputs, sketchMatrix } from '../ntk/sketch.ts';
import type { OwnedInputs } from '../round/state.ts';
import { kernelInputs, type Settings } from '../settings/settings.ts';
import type { Problem } from './problem.ts';

/**
 * The inputs of a client as it knows them itself (`isOwn`) or as a neighbour with this centre got them: the wire
 * rounded the centre on its way there and the inputs on theirs.
 */
export function inputsAsKnown(
  { own: { rows, labels }, model }: Problem,
  centre: Float32Array | null,
  isOwn: boolean,
  settings: Settings,
): OwnedInputs {
  const { sketchSize, seed, wire } = settings;
  const [shared, width] = [kernelInputs(settings), inputWidth(model)];
  const isRounded = !isOwn && wire !== 'f32';
  const rounded = (values: Float32Array) => (isRounded ? throughHalf(values) : values);
  const known = (inputs: InputFeatures) => ({ labels, inputs: isRounded ? inHalves(inputs) : inputs });
  if (shared === 'none') return { labels, inputs: null };
  if (shared === 'exact') return known({ kind: 'exact', rows: rounded(rows), width });
  const m = Math.min(sketchSize, width);
  const sketch = sketchInputs(rows, labels.length, width, rounded(centre ?? new Float32Array(width)), sketchMatrix(width, m, seed), m);
  return known({ ...sketch, rows: rounded(sketch.rows), cross: rounded(sketch.cross) });
}
