/** The TypeScript projects: every file belongs to one runtime, and what another runtime has does not compile there. */

import { basename, join, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const runtimes = ['worker', 'browser', 'injected', 'node', 'tests'] as const;
type Runtime = (typeof runtimes)[number];

function project(runtime: Runtime): ts.ParsedCommandLine {
  const path = join(root, 'src', `tsconfig.${runtime}.json`);
  const { config, error } = ts.readConfigFile(path, ts.sys.readFile);
  expect(error).toBeUndefined();
  return ts.parseJsonConfigFileContent(config, ts.sys, join(root, 'src'), undefined, path);
}

/** Compiles `text` alone as if it stood in the file, under the project's options. @returns the messages. */
function complaints(runtime: Runtime, file: string, text: string): string[] {
  const { options } = project(runtime);
  const alone: ts.CompilerOptions = { ...options, composite: false, incremental: false, noEmit: true, emitDeclarationOnly: false };
  delete alone.tsBuildInfoFile;
  const path = join(root, file);
  const host = ts.createCompilerHost(alone);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === path || fileExists.call(host, name);
  host.getSourceFile = (name, target, ...rest) =>
    name === path ? ts.createSourceFile(name, text, target) : getSourceFile.call(host, name, target, ...rest);
  const program = ts.createProgram([path], alone, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

describe('what does not compile', () => {
  const readFile = "import { readFileSync } from 'node:fs';\nexport const read = () => readFileSync('x');";
  const title = 'export const title = () => document.title;';
  const argv = 'export const first = () => process.argv[0];';
  test.each([
    ['the page', 'browser', 'app/planted.ts', readFile],
    ['the page', 'browser', 'app/planted.ts', argv],
    ['code of any thread', 'worker', 'src/ntk/planted.ts', readFile],
    ['code of any thread', 'worker', 'src/client/planted.ts', argv],
    ['code of any thread', 'worker', 'src/client/planted.ts', title],
    ['a command', 'node', 'src/cli/planted.ts', title],
    ['a command', 'node', 'src/cli/planted.ts', 'export const here = () => window.location;'],
  ] as const)('in %s, of the project %s: %s with %j', (_, runtime, file, text) => {
    expect(complaints(runtime, file, text).join('\n')).toMatch(/Cannot find (name|module) '(document|window|process|node:fs)'/);
  });

  test.each([
    ['browser', 'app/planted.ts', title],
    ['node', 'src/cli/planted.ts', readFile],
    ['worker', 'src/client/planted.ts', 'export const post = () => self.postMessage(1);'],
  ] as const)('but does in %s', (runtime, file, text) => expect(complaints(runtime, file, text)).toEqual([]));
});

test('no command can import what runs in the page', () => {
  const seen = project('node').projectReferences?.map(({ path }) => basename(path));
  expect(seen).toEqual(['tsconfig.worker.json', 'tsconfig.injected.json']);
});

describe('files', () => {
  const files = new Map(runtimes.map((runtime) => [runtime, project(runtime).fileNames.map((name) => resolve(name))]));
  const own = ts.sys.readDirectory(root, ['.ts', '.tsx'], [], ['app', 'src', 'e2e', 'vite.config.ts']).map((name) => resolve(name));

  test('all belong to exactly one project', () => {
    const homes = own.map((file) => [file, runtimes.filter((runtime) => files.get(runtime)?.includes(file))] as const);
    expect(homes.filter(([, homesOf]) => homesOf.length !== 1)).toEqual([]);
  });

  test.each([
    ['app/main.tsx', 'browser'],
    ['src/client/session.ts', 'browser'],
    ['src/client/client.ts', 'worker'],
    ['src/client/worker.ts', 'worker'],
    ['src/ntk/engine.ts', 'worker'],
    ['src/transport/reachable.ts', 'injected'],
    ['src/cli/simulate.ts', 'node'],
    ['src/runner/tabs.ts', 'node'],
    ['src/ntk/engine.test.ts', 'tests'],
  ] as const)('such as %s belong to %s', (file, runtime) => expect(files.get(runtime)).toContain(join(root, file)));
});
