/** How the page is built and served, and how tests are run. */

import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { iceServers } from './src/signalling/iceServersPlugin.ts';
import { signalling } from './src/signalling/vitePlugin.ts';

/** With these a page is cross-origin isolated, which WebAssembly threads need. */
const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

export default defineConfig({
  plugins: [react(), signalling(), iceServers()],
  resolve: {
    alias: [
      // Its main entry needs Node polyfills; its prebuilt file does not.
      { find: /^simple-peer$/, replacement: 'simple-peer/simplepeer.min.js' },
      // A page takes the parts of it that are used.
      { find: /^@tensorflow\/tfjs$/, replacement: resolve(import.meta.dirname, 'src/backend/tfjs.ts') },
    ],
  },
  // Relative, so that the built page works in any folder of a static host.
  base: './',
  worker: { format: 'es' },
  server: { headers },
  preview: { headers },
  build: { target: 'es2022', chunkSizeWarningLimit: 3000 },
  test: {
    // All cores: by default one is left to an editor that is not there.
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // Files share their process, so that each loads tfjs once: what a test changes there, it puts back.
          isolate: false,
          include: ['src/**/*.test.ts', 'app/**/*.test.ts'],
          exclude: ['src/house/**'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      { extends: true, test: { name: 'house', include: ['src/house/**/*.test.ts'], testTimeout: 120_000 } },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          globalSetup: ['e2e/support/globalSetup.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
