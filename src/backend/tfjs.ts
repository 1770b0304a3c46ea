/**
 * What a page loads as `@tensorflow/tfjs` (vite.config.ts): its core and its cpu backend, half of the whole. The layers, converters,
 * gradients and WebGL that it leaves out are used nowhere here; neither are methods of tensors that stand for operations, such as `as2D`.
 */

import '@tensorflow/tfjs-backend-cpu';

export * from '@tensorflow/tfjs-core';
