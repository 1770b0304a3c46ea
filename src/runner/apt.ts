/** Debian's packages, where this machine can install them. */

import { spawnSync } from 'node:child_process';

const isRoot = process.getuid?.() === 0;

/** Runs a command that may take minutes and tells what it does. @returns whether it succeeded. */
export function run(command: string, args: string[]): boolean {
  return spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], timeout: 600_000 }).status === 0;
}

/** @returns whether the package was installed. */
export function installDebian(name: string): boolean {
  if (process.platform !== 'linux') return false;
  const apt = (...args: string[]) => (isRoot ? run('apt-get', args) : run('sudo', ['-n', 'apt-get', ...args]));
  apt('update');
  return apt('install', '-y', '--no-install-recommends', name);
}
