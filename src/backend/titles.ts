/** The backends by tfjs's own names, as people call them. */
export const backendTitles = { webgpu: 'WebGPU', wasm: 'WebAssembly', cpu: 'plain JavaScript' } as const;

export type BackendName = keyof typeof backendTitles;
