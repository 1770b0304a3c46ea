/** The one map of who imports whom. `npm run lint` holds the code to it, both ways: no other import, and none here that is not used. */

/** What the files of a folder import. */
export interface FolderImports {
  /** Other folders; each stands above, so that imports go one way. */
  readonly folders: readonly string[];
  /** Packages; `node` is Node's own modules. Tests are free in theirs. */
  readonly packages: readonly string[];
  /** Folders that the tests of this folder import besides, and `src/testing`, which all of them may. */
  readonly tests?: readonly string[];
}

export type ImportMap = Readonly<Record<string, FolderImports>>;

/** Names the folder that tests may import and nobody else but `e2e`. */
export const TESTING = 'src/testing';

const tf = '@tensorflow/tfjs';
const tfWebGpu = '@tensorflow/tfjs-backend-webgpu';

const kernels = ['src/math', 'src/model', 'src/backend', 'src/ntk'];
const mesh = ['src/signalling', 'src/transport'];
const federation = ['src/settings', 'src/topology', 'src/data', 'src/task', 'src/protocol', 'src/round'];

export const importMap: ImportMap = {
  // Its version alone.
  'package.json': { folders: [], packages: [] },
  'src/math': { folders: [], packages: ['pure-rand'] },
  'src/log': { folders: [], packages: [] },

  // The kernels: nothing of federations.
  'src/model': { folders: ['src/math'], packages: [] },
  'src/backend': {
    folders: [],
    packages: [tf, '@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu', '@tensorflow/tfjs-backend-wasm', tfWebGpu, 'node', 'valibot'],
  },
  'src/ntk': { folders: ['src/math', 'src/model', 'src/backend'], packages: [tf, tfWebGpu, 'valibot'] },

  // The mesh: nothing of federations either.
  'src/signalling': { folders: ['src/log'], packages: ['node', 'valibot', 'vite', 'ws'] },
  'src/transport': { folders: ['src/log', 'src/signalling'], packages: ['simple-peer', 'valibot'] },
  'src/door': { folders: ['src/signalling', 'src/transport'], packages: ['valibot'] },

  // A federation.
  'src/settings': { folders: ['src/math', 'src/model', 'src/transport'], packages: ['valibot'] },
  'src/topology': { folders: ['src/math', 'src/settings'], packages: [] },
  'src/data': { folders: ['src/math', 'src/settings'], packages: ['csv-parse', 'valibot'] },
  'src/task': { folders: ['src/math', 'src/settings', 'src/data'], packages: ['@noble/hashes', 'valibot'] },
  'src/export': {
    folders: ['src/model', 'src/settings', 'src/data', 'src/task'],
    packages: ['@bufbuild/protobuf', '@noble/hashes', 'fflate', 'valibot'],
  },
  'src/protocol': { folders: ['src/math', 'src/model', 'src/ntk', 'src/transport', 'src/settings', 'src/task'], packages: ['valibot'] },
  'src/round': { folders: ['src/math', 'src/model', 'src/ntk', 'src/transport', 'src/settings', 'src/protocol'], packages: [] },
  'src/client': { folders: ['src/log', ...kernels, ...mesh, 'src/door', ...federation, 'src/export'], packages: ['idb', 'valibot'] },
  'src/own': { folders: ['src/settings', 'src/data', 'src/task'], packages: ['idb', 'valibot'] },
  app: {
    folders: [
      'package.json',
      'src/math',
      'src/log',
      'src/model',
      'src/backend',
      'src/signalling',
      'src/transport',
      'src/door',
      'src/settings',
      'src/data',
      'src/task',
      'src/export',
      'src/client',
      'src/own',
    ],
    packages: [tf, 'd3-force', 'qr', 'react', 'react-dom', 'uplot', 'zustand'],
  },

  // Node.
  'src/datasets': { folders: ['src/math', 'src/settings', 'src/data', 'src/task'], packages: ['node', 'sharp', 'valibot'] },
  'src/runner': {
    folders: [
      'src/math',
      'src/log',
      'src/backend',
      'src/ntk',
      'src/transport',
      'src/settings',
      'src/data',
      'src/task',
      'src/export',
      'src/round',
      'src/client',
      'src/datasets',
    ],
    packages: ['node', 'playwright', 'selfsigned', 'valibot', 'vite'],
    tests: ['src/model'],
  },
  'src/chaos': {
    folders: [
      'src/math',
      'src/model',
      'src/backend',
      'src/signalling',
      'src/transport',
      'src/door',
      'src/settings',
      'src/topology',
      'src/data',
      'src/export',
      'src/protocol',
      'src/client',
      'src/runner',
    ],
    packages: ['fast-check', 'node', 'playwright', 'valibot'],
  },
  'src/cli': {
    folders: [
      'src/math',
      'src/log',
      'src/backend',
      'src/model',
      'src/signalling',
      'src/settings',
      'src/topology',
      'src/data',
      'src/task',
      'src/export',
      'src/client',
      'src/datasets',
      'src/runner',
      'src/chaos',
    ],
    packages: ['node', 'qr', 'valibot'],
    tests: ['src/transport'],
  },
  'src/experiments': {
    folders: [...kernels, 'src/settings', 'src/client', 'src/datasets', 'src/runner', 'src/cli'],
    packages: ['d3-scale', 'd3-shape', 'node', 'valibot'],
    tests: ['src/protocol'],
  },
  'src/walk': { folders: ['src/math', 'src/datasets', 'src/runner', 'src/cli'], packages: ['node', 'playwright', 'sharp', 'valibot'] },
  'src/bench': {
    folders: [...kernels, ...mesh, 'src/datasets', 'src/runner', 'src/cli'],
    packages: [tf, 'node', 'playwright', 'sharp', 'valibot', 'vite'],
    tests: ['src/settings'],
  },

  [TESTING]: {
    folders: [...kernels, 'src/transport', 'src/data', 'src/protocol', 'src/export', 'src/client'],
    packages: [tf, 'fast-check', 'node', 'valibot'],
  },
  e2e: {
    folders: [
      ...kernels,
      ...mesh,
      'src/door',
      'src/settings',
      'src/data',
      'src/task',
      'src/export',
      'src/client',
      'src/own',
      'app',
      'src/datasets',
      'src/runner',
      'src/cli',
      TESTING,
    ],
    packages: [tf, 'axe-core', 'node', 'playwright', 'puppeteer-core', 'qr', 'react-dom', 'sharp', 'valibot', 'vite', 'vitest', 'ws'],
  },

  'src/house': { folders: [], packages: ['dependency-cruiser', 'node'] },
  'vite.config.ts': { folders: ['src/signalling'], packages: ['@vitejs/plugin-react', 'node', 'vitest'] },
};
