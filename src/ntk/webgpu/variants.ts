/**
 * Two forms of every shader, for two kinds of devices: `tiled` shares what it loads through workgroup memory, as graphics
 * processors want it; `blocked` has no barriers, which are what is slow where a CPU emulates one.
 */
export type Variant = 'tiled' | 'blocked';

export const variants: readonly Variant[] = ['tiled', 'blocked'];

export type ShaderName = 'products' | 'evolution';

const current: Record<ShaderName, Variant> = { products: 'tiled', evolution: 'tiled' };

export function variantOf(shader: ShaderName): Variant {
  return current[shader];
}

/** Which form the WebGPU kernels take from now on. */
export function setVariant(shader: ShaderName, variant: Variant): void {
  current[shader] = variant;
}
