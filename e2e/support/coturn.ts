/** A real TURN server. */

import { once } from 'node:events';
import { connect } from 'node:net';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { networkAddresses } from '../../src/runner/addresses.ts';
import { ensureProgram, freePort, startProgram } from './programs.ts';

export interface TurnServer {
  /** As an ICE server has it. */
  readonly url: string;
  readonly secret: string;
  /** What it has logged. */
  readonly log: () => Promise<string>;
  readonly close: () => Promise<void>;
}

/** Starts coturn with credentials that follow from a secret, as docs/DEPLOY.md has it. */
export async function startCoturn(): Promise<TurnServer> {
  const turnserver = ensureProgram('turnserver', 'coturn');
  const folder = await mkdtemp(join(tmpdir(), 'sparkmesh-coturn-'));
  const [port, secret] = [await freePort(), 'a-secret-of-the-test'];
  const ip = networkAddresses()[0] ?? '127.0.0.1';
  const log = join(folder, 'log');
  const args = ['-n', '--use-auth-secret', `--static-auth-secret=${secret}`, '--realm=sparkmesh.test', `--listening-port=${port}`];
  args.push(`--listening-ip=${ip}`, `--relay-ip=${ip}`, '--no-tls', '--no-dtls', '--no-cli', '--allow-loopback-peers', '--verbose');
  args.push(`--log-file=${log}`, '--simple-log', `--pidfile=${join(folder, 'pid')}`, `--userdb=${join(folder, 'db')}`);
  const answers = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, ip);
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
  const child = await startProgram(turnserver, args, answers);
  return {
    url: `turn:${ip}:${port}`,
    secret,
    log: () => readFile(log, 'utf8'),
    close: async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      await rm(folder, { recursive: true });
    },
  };
}
