/** The commands as a person runs them: their processes, exit codes and signals. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { projectRoot } from '../src/datasets/paths.ts';

let children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
});

function start(command: string, ...args: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', join('src', 'cli', `${command}.ts`), ...args], { cwd: projectRoot });
  children.push(child);
  return child;
}

async function end(child: ReturnType<typeof start>) {
  const [[exitCode, signal], stdout, stderr] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]);
  return { exitCode, signal, stdout, stderr };
}

test.each(['serve', 'signal', 'build', 'prepare'])('%s refuses an unknown option in one sentence, exit code 2', async (command) => {
  const { exitCode, stdout, stderr } = await end(start(command, '--prot', '1'));
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toMatch(/^There is no option --prot; see npm (start|run [a-z-]+) -- --help\.\n$/);
});

test('serve --help lists its options and serves nothing', async () => {
  const { exitCode, stdout, stderr } = await end(start('serve', '--help'));
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(/^Usage: npm start -- \[options\]\n[^]*\n {2}--port PORT {2}/);
});

/** Opens a socket on a signalling server that ends with it. */
async function connect(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url);
  await once(socket, 'open');
  socket.on('error', () => undefined);
  return socket;
}

test.each(['SIGINT', 'SIGTERM'] as const)('serve has page and signalling on one port until %s, then exits with 0', async (signal) => {
  const child = start('serve', '--dev', '--port', '0');
  const url = /^sparkmesh is at (http:\/\/localhost:\d+\/)\n$/.exec(String((await once(child.stdout, 'data'))[0]))?.[1] ?? '';
  expect(await (await fetch(url)).text()).toContain('<title>sparkmesh</title>');
  const socket = await connect(`${url.replace('http', 'ws')}signal`);
  child.kill(signal);
  expect(await end(child)).toMatchObject({ exitCode: 0, signal: null });
  if (socket.readyState !== WebSocket.CLOSED) await once(socket, 'close');
});

describe('signal', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'answers on /signal until %s, then exits with 0 although a client is connected',
    async (signal) => {
      const child = start('signal', '--port', '0');
      const [line] = await once(child.stdout, 'data');
      const url = /^Signalling is at (ws:\/\/localhost:\d+\/signal)\n$/.exec(String(line))?.[1] ?? '';
      const socket = await connect(url);
      child.kill(signal);
      expect(await end(child)).toMatchObject({ exitCode: 0, signal: null, stderr: '' });
      if (socket.readyState !== WebSocket.CLOSED) await once(socket, 'close');
    },
  );

  test('says that a port is taken, exit code 1', async () => {
    const other = createServer();
    await once(other.listen(0), 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const ended = await end(start('signal', '--port', String(port)));
    other.close();
    expect(ended).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: `Port ${port} is taken; stop what uses it, or choose another with --port.\n`,
    });
  });
});
