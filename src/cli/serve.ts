/** `npm start` and `npm run dev`: page and signalling on one port. */

import * as v from 'valibot';
import { parseOptions, runCommand, stopped, toggle } from './commandLine.ts';
import { servePage } from '../runner/pageServer.ts';
import { portOption } from './port.ts';

const DEFAULT_PORT = 4173;

const command = {
  call: 'npm start',
  summary: 'Serves the page and its signalling on one port of this machine.',
  options: v.strictObject({
    port: portOption(DEFAULT_PORT),
    dev: toggle('serve the sources and reload as they change, instead of building'),
  }),
};

await runCommand(async (argv, stop) => {
  const { port = DEFAULT_PORT, dev = false } = parseOptions(command, argv);
  const server = await servePage({ port, mode: dev ? 'dev' : 'preview' });
  process.stdout.write(`sparkmesh is at ${server.url}\n`);
  await stopped(stop);
  await server.close();
});
