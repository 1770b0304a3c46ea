/** Signals that a server cannot listen where it was told to. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
  constructor(port: number) {
    super(`Port ${port} is taken; stop what uses it, or choose another with --port.`);
  }
}
