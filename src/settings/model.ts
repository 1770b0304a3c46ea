/** The model that settings make of a dataset. */

import { megabytes } from '../math/format.ts';
import { featureWidths, ModelError, parameterCount, type ModelSpec } from '../model/model.ts';
import { MAX_FRAME_BYTES } from '../transport/transport.ts';
import { MAX_JACOBIAN_BYTES } from './bounds.ts';
import { sendsVelocity } from './method.ts';
import { featureForm, kernelInputs, sharesSamples, type Settings } from './settings.ts';

/** What data give a model: images of so many pixels, or rows of `width` columns, and C. */
interface Data {
  readonly width: number;
  readonly height: number;
  /** Of colour images 3; 1 if not given. */
  readonly channels?: number;
  readonly classes: number;
}

/** Left of a message for what is not floats. */
const HEADER_BYTES = 256 * 1024;

/**
 * The model of these settings on such data.
 * @param samples the most that one client holds.
 * @throws {ModelError} when convolutions leave nothing of an image, the exchange is not one for the model, or what a client
 * would send is too large.
 */
export function modelOf(
  settings: Settings,
  { width, height, channels: depth = 1, classes }: Data,
  samples: number = settings.samples,
): ModelSpec {
  const { convolutions: channels, hidden, method, wire } = settings;
  if (hidden.length === 0 && kernelInputs(settings) === 'sketch') {
    throw new ModelError('A model of one layer needs more than sketches of its samples; add a layer, or exchange exact samples.');
  }
  const form = featureForm(settings);
  const isProjected = typeof form === 'object';
  if (method.kind === 'ntk' && channels.length > 0 && form !== 'layers') {
    throw new ModelError('Jacobians, whole or projected, are exchanged of dense layers only; use no convolutions, or exchange sketches.');
  }
  const layers = [width * height * depth, ...hidden, classes];
  const spec: ModelSpec =
    channels.length > 0 ? { layers, convolutions: { image: { width, height, channels: depth }, channels } } : { layers };
  const { hidden: widths, jacobian } = featureWidths(spec, form);
  const features = sharesSamples(settings) ? widths.reduce((sum, size) => sum + size, jacobian) : 0;
  const perFloat = wire === 'f32' ? 4 : 2;
  const parts = [
    {
      what: 'its weights',
      bytes: perFloat * parameterCount(spec) * (sendsVelocity(method) ? 2 : 1),
      most: MAX_FRAME_BYTES - HEADER_BYTES,
      remedy: 'smaller layers',
    },
    form === 'layers'
      ? {
          what: 'what kernels need of its samples',
          bytes: perFloat * samples * features,
          most: MAX_FRAME_BYTES - HEADER_BYTES,
          remedy: 'smaller layers or fewer samples',
        }
      : {
          what: isProjected ? 'the projected Jacobian of its samples' : 'the Jacobian of its samples',
          bytes: 4 * samples * features,
          most: MAX_JACOBIAN_BYTES,
          remedy: `${isProjected ? 'fewer dimensions' : 'smaller layers'}, fewer samples, or the exchange of sketches`,
        },
  ];
  for (const { what, bytes, most, remedy } of parts) {
    if (bytes > most) {
      throw new ModelError(
        `A client would send ${what} as ${megabytes(bytes, 2)} at once, and ${megabytes(most, 2)} is the most; use ${remedy}.`,
      );
    }
  }
  return spec;
}
