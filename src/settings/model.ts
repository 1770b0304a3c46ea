import { featureWidths, ModelError, parameterCount, type ModelSpec } from '../model/model.ts';
import { MAX_FRAME_BYTES } from './bounds.ts';
import { sendsVelocity } from './method.ts';
import { sharedInputs, type Settings } from './settings.ts';

/** What a dataset gives a model: grey images of so many pixels, or rows of `width` columns, and C. */
interface Data {
  readonly width: number;
  readonly height: number;
  readonly classes: number;
}

/** Left of a message for what is not floats. */
const HEADER_BYTES = 256 * 1024;

const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;

/**
 * The model of these settings on such data.
 * @param samples the most that one client holds.
 * @throws {ModelError} when convolutions leave nothing of an image, the exchange is not enough for the model, or a client's
 * message would be too long to send.
 */
export function modelOf(settings: Settings, { width, height, classes }: Data, samples: number = settings.samples): ModelSpec {
  const { convolutions: channels, hidden, method, wire } = settings;
  if (hidden.length === 0 && sharedInputs(settings) === 'sketch') {
    throw new ModelError('A model of one layer needs more than sketches of its samples; add a layer, or exchange factors (exact samples).');
  }
  const layers = [width * height, ...hidden, classes];
  const spec: ModelSpec = channels.length > 0 ? { layers, convolutions: { image: { width, height, channels: 1 }, channels } } : { layers };
  const { hidden: widths, jacobian } = featureWidths(spec);
  const features = method.kind === 'ntk' ? widths.reduce((sum, size) => sum + size, jacobian) : 0;
  const messages = [
    { what: 'its weights', floats: parameterCount(spec) * (sendsVelocity(method) ? 2 : 1), remedy: 'smaller layers' },
    { what: 'what kernels need of its samples', floats: samples * features, remedy: 'smaller layers or fewer samples' },
  ];
  for (const { what, floats, remedy } of messages) {
    const bytes = floats * (wire === 'f32' ? 4 : 2);
    if (bytes > MAX_FRAME_BYTES - HEADER_BYTES) {
      const most = megabytes(MAX_FRAME_BYTES);
      throw new ModelError(`A client would send ${what} as ${megabytes(bytes)} at once, and ${most} is the most; use ${remedy}.`);
    }
  }
  return spec;
}
