/** The servers that tests run against: found on this machine, or installed once, as the browser is. */

import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { delimiter, join } from 'node:path';
import { installDebian } from '../../src/runner/apt.ts';

function find(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, name)).find(existsSync);
}

/**
 * The path of a program, which is installed where it is missing.
 * @throws an error that says what to install, where that is not possible.
 */
export function ensureProgram(name: string, debianPackage: string): string {
  const found = find(name) ?? (installDebian(debianPackage) ? find(name) : undefined);
  if (found === undefined)
    throw new Error(`This test needs ${name}; install it (on Debian the package ${debianPackage}), and run it again.`);
  return found;
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('This machine gives no port.');
  return address.port;
}

/** Starts a server that stays in the foreground, and resolves when it answers on a TCP port. */
export async function startProgram(path: string, args: string[], answers: () => Promise<boolean>): Promise<ChildProcess> {
  const child = spawn(path, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (text) => (complaints += String(text)));
  while (!(await answers())) {
    if (child.exitCode !== null) throw new Error(`${path} ended: ${complaints}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return child;
}
