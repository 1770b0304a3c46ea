/** `npm run signal`: the signalling server alone. */

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import * as v from 'valibot';
import { iceSource } from '../signalling/iceConfiguration.ts';
import { SIGNAL_PATH } from '../signalling/messages.ts';
import { PortTakenError } from '../runner/portTaken.ts';
import { attachSignalling } from '../signalling/server.ts';
import { parseOptions, runCommand, stopped } from './commandLine.ts';
import { hostOption } from './host.ts';
import { portOption } from './port.ts';

const DEFAULT_PORT = 4174;

const command = {
  call: 'npm run signal',
  summary: 'Runs the signalling server alone, for pages that are served elsewhere.',
  options: v.strictObject({
    port: portOption(DEFAULT_PORT),
    host: hostOption('a name whose pages may use it, beside pages of the address it is asked at'),
  }),
};

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port);
  try {
    await once(server, 'listening');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') throw new PortTakenError(port);
    throw error;
  }
}

await runCommand(async (argv, stop) => {
  const { port = DEFAULT_PORT, host } = parseOptions(command, argv);
  const ice = iceSource(process.env);
  const server = createServer((_, response) => response.writeHead(404).end());
  await listen(server, port);
  const signalling = attachSignalling(server, { hosts: host === undefined ? [] : [host], ice });
  const address = server.address();
  const actualPort = typeof address === 'object' && address ? address.port : port;
  process.stdout.write(`Signalling is at ws://localhost:${actualPort}${SIGNAL_PATH}\n`);
  await stopped(stop);
  signalling.close();
  server.close();
  server.closeAllConnections();
});
