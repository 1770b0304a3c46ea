/** `npm run signal`: the signalling server alone. */

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import * as v from 'valibot';
import { SIGNAL_PATH } from '../signalling/messages.ts';
import { PortTakenError } from '../runner/portTaken.ts';
import { attachSignalling } from '../signalling/server.ts';
import { parseOptions, runCommand, stopped } from './commandLine.ts';
import { portOption } from './port.ts';

const DEFAULT_PORT = 4174;

const command = {
  call: 'npm run signal',
  summary: 'Runs the signalling server alone, for pages that are served elsewhere.',
  options: v.strictObject({ port: portOption(DEFAULT_PORT) }),
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
  const { port = DEFAULT_PORT } = parseOptions(command, argv);
  const server = createServer((_, response) => response.writeHead(404).end());
  await listen(server, port);
  const signalling = attachSignalling(server);
  const address = server.address();
  const actualPort = typeof address === 'object' && address ? address.port : port;
  process.stdout.write(`Signalling is at ws://localhost:${actualPort}${SIGNAL_PATH}\n`);
  await stopped(stop);
  signalling.close();
  server.close();
  server.closeAllConnections();
});
