import * as v from 'valibot';
import { numberText, option } from './commandLine.ts';

export const portOption = (fallback: number) =>
  option(
    'PORT',
    `port to listen on; 0 takes any free one (default ${fallback})`,
    v.pipe(numberText, v.number(), v.integer(), v.minValue(0), v.maxValue(65_535)),
  );

export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
  constructor(port: number) {
    super(`Port ${port} is taken; stop what uses it, or choose another with --port.`);
  }
}
