/** The option of a port. */

import * as v from 'valibot';
import { numberText, option } from './commandLine.ts';

export const portOption = (fallback: number) =>
  option(
    'PORT',
    `port to listen on; 0 takes any free one (default ${fallback})`,
    v.pipe(numberText, v.number(), v.integer(), v.minValue(0), v.maxValue(65_535)),
  );
