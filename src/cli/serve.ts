/** `npm start` and `npm run dev`: page and signalling on one port. */

import * as v from 'valibot';
import { describeServer } from './addressText.ts';
import { parseOptions, runCommand, stopped, toggle } from './commandLine.ts';
import { servePage } from '../runner/pageServer.ts';
import { hostOption } from './host.ts';
import { portOption } from './port.ts';

const DEFAULT_PORT = 4173;

const command = {
  call: 'npm start',
  summary: 'Serves the page and its signalling on one port: to this machine, or with --lan to its network.',
  options: v.strictObject({
    port: portOption(DEFAULT_PORT),
    lan: toggle('serve the network too, by https with a certificate made here'),
    host: hostOption('a name by which others reach this machine: of a reverse proxy on it, or with --lan its own'),
    dev: toggle('serve the sources and reload as they change, instead of building'),
  }),
};

await runCommand(async (argv, stop) => {
  const { port = DEFAULT_PORT, dev = false, ...reach } = parseOptions(command, argv);
  const server = await servePage({ port, mode: dev ? 'dev' : 'preview', ...reach });
  process.stdout.write(describeServer(server, process.stdout.isTTY));
  await stopped(stop);
  await server.close();
});
