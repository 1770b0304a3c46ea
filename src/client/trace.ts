/** One round's arrays at one client, for conformance. */
export interface RoundTrace {
  readonly round: number;
  /** The model after the round, d floats. */
  readonly weights: Float32Array;
  /** Null with a gradient method. */
  readonly evolution: {
    readonly delta: Float32Array;
    readonly evolvedLogits: Float32Array;
    /** Null with the whole kernel, which is never built. */
    readonly kernel: Float32Array | null;
  } | null;
}
