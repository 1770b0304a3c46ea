/** The option of a name by which others reach a machine. */

import * as v from 'valibot';
import { option } from './commandLine.ts';

const name = /^(?=.{1,253}$)[a-z0-9-]+(?:\.[a-z0-9-]+)*$/i;

export const hostOption = (help: string) =>
  option(
    'NAME',
    help,
    v.pipe(
      v.string(),
      v.regex(name, 'a name such as mesh.example.org, without scheme, port or path'),
      v.transform((text) => text.toLowerCase()),
    ),
  );
