/** Each part of `npm run lint` fails on a planted fault, and says which: in a copy of the tree, or a small one of the test's own. */

import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { importMap, type ImportMap } from './importMap.ts';
import { readGraph, violations } from './imports.ts';

const root = resolve(import.meta.dirname, '../..');
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sparkmesh-house-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function plant(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

/** Runs a tool of node_modules in the folder. */
function run(tool: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'node_modules', tool), ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, output: `${stdout}${stderr}` };
}

describe('oxlint refuses', () => {
  const lint = async (file: string, text: string) => {
    await cp(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
    await plant({ [file]: text });
    return run('oxlint/bin/oxlint');
  };

  test.each([
    ['any', 'src/planted.ts', 'export const planted = (value: any) => value;', 'no-explicit-any'],
    [
      "a hook's dependency that is not declared",
      'app/Planted.tsx',
      "import { useMemo } from 'react';\nexport const Planted = ({ n }: { n: number }) => <p>{useMemo(() => 2 * n, [])}</p>;",
      'exhaustive-deps',
    ],
    [
      'a hook under a condition',
      'app/Planted.tsx',
      "import { useId } from 'react';\nexport function Planted({ n }: { n: number }) {\n  if (n > 0) return <p>{useId()}</p>;\n  return null;\n}",
      'rules-of-hooks',
    ],
    ['an image without words', 'app/Planted.tsx', 'export const Planted = () => <img src="x.png" />;', 'alt-text'],
  ])('%s', async (_, file, text, rule) => {
    const { status, output } = await lint(file, text);
    expect(output).toContain(rule);
    expect(status).toBe(1);
  });

  test('nothing of what is right', async () => {
    const text = "import { useMemo } from 'react';\nexport const Planted = ({ n }: { n: number }) => <p>{useMemo(() => 2 * n, [n])}</p>;";
    expect(await lint('app/Planted.tsx', text)).toMatchObject({ status: 0 });
  });
});

describe('knip refuses', () => {
  test('an unused file, export and dependency', async () => {
    for (const name of await readdir(root)) {
      if (/^(node_modules|dist|docs|public|\..*)$/.test(name)) continue;
      await cp(join(root, name), join(folder, name), { recursive: true });
    }
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    const described = await readFile(join(folder, 'package.json'), 'utf8');
    const vectors = await readFile(join(folder, 'src/math/vectors.ts'), 'utf8');
    await plant({
      'package.json': described.replace('"dependencies": {', '"dependencies": {\n    "left-pad": "^1.3.0",'),
      'src/ntk/plantedFile.ts': 'export const planted = 1;',
      'src/math/vectors.ts': `${vectors}\nexport const plantedExport = 1;\n`,
    });
    const { status, output } = run('knip/bin/knip.js');
    expect(status).toBe(1);
    for (const planted of ['src/ntk/plantedFile.ts', 'plantedExport', 'left-pad']) expect(output).toContain(planted);
  });
});

describe('the map of imports refuses', () => {
  const map: ImportMap = {
    'src/low': { folders: [], packages: [] },
    'src/high': { folders: ['src/low'], packages: ['node'] },
    'src/testing': { folders: [], packages: [] },
  };
  const right = {
    'src/low/low.ts': 'export const low = 1;',
    'src/high/high.ts': "import { sep } from 'node:path';\nimport { low } from '../low/low.ts';\nexport const high = `${low}${sep}`;",
    'src/testing/truth.ts': 'export const truth = 1;',
    'src/low/low.test.ts': "import { truth } from '../testing/truth.ts';\nimport { low } from './low.ts';\nexport default truth === low;",
  };
  const check = async (planted: Readonly<Record<string, string>>, against = map) => {
    await plant({ ...right, ...planted });
    return violations(await readGraph(folder, ['src']), against);
  };

  test('nothing of what is right', async () => expect(await check({})).toEqual([]));

  test('an import of a type that it does not have', async () => {
    const files = {
      'src/high/high.ts': `${right['src/high/high.ts']}\nexport type High = 1;`,
      'src/low/up.ts': "import type { High } from '../high/high.ts';\nexport type Up = High;",
    };
    expect(await check(files)).toEqual(['src/low/up.ts imports src/high/high.ts: src/low may not import src/high.']);
  });

  test('a package, and a module of Node', async () => {
    const text = "import { z } from 'zod';\nimport { sep } from 'node:path';\nexport default [z, sep];";
    expect((await check({ 'src/low/planted.ts': text })).toSorted()).toEqual([
      'src/low/planted.ts imports node: src/low may not import node.',
      'src/low/planted.ts imports zod: src/low may not import zod.',
    ]);
  });

  test('what only tests may import, anywhere else', async () => {
    const text = "export { truth } from '../testing/truth.ts';";
    expect(await check({ 'src/low/planted.ts': text })).toEqual([
      'src/low/planted.ts imports src/testing/truth.ts: src/low may not import src/testing.',
    ]);
  });

  test('a circle', async () => {
    const found = await check({
      'src/low/a.ts': "import { b } from './b.ts';\nexport const a = () => b;",
      'src/low/b.ts': "import { a } from './a.ts';\nexport const b = () => a;",
    });
    expect(found[0]).toMatch(/circle: src\/low\/[ab]\.ts -> src\/low\/[ab]\.ts -> src\/low\/[ab]\.ts\.$/);
  });

  test('a folder that is missing in it, an entry that nothing uses, and an arrow upward', async () => {
    expect(await check({ 'src/other/planted.ts': "export * from '../low/low.ts';" })).toEqual([
      'src/other is not in the map; enter it, and what it imports.',
    ]);
    const unused: ImportMap = { ...map, 'src/low': { folders: ['src/high'], packages: ['zod'] } };
    expect(await check({}, unused)).toEqual(
      expect.arrayContaining([
        'src/low does not import zod; take it out of the map.',
        'src/low does not import src/high; take it out of the map.',
        'src/low imports src/high, which stands below it in the map.',
      ]),
    );
  });
});

describe("the architecture's table", () => {
  /** What a table says of folders, from above: those of its first column. */
  const rowsOf = (text: string) => [...text.matchAll(/^\| `([^`|]+?)\/?` \|/gm)].map(([, folderName = '']) => folderName);

  /** Where table and map differ, in words. */
  function differences(rows: readonly string[], map: ImportMap): string[] {
    const folders = Object.entries(map).filter(([name]) => !name.includes('.'));
    const missing = folders.filter(([name]) => !rows.includes(name)).map(([name]) => `${name} is missing`);
    const unknown = rows.filter((name) => !(name in map)).map((name) => `${name} is not in the map`);
    const upward = folders.flatMap(([name, imported]) =>
      [...imported.folders, ...(imported.tests ?? [])]
        .filter((other) => rows.indexOf(other) > rows.indexOf(name))
        .map((other) => `${name} imports ${other}, which stands below it`),
    );
    return [...missing, ...unknown, ...upward];
  }

  test('has every folder of the map, below all that it imports', async () => {
    expect(differences(rowsOf(await readFile(join(root, 'docs/ARCHITECTURE.md'), 'utf8')), importMap)).toEqual([]);
  });

  test('is told apart from a map that contradicts it', () => {
    const map: ImportMap = { 'src/a': { folders: [], packages: [] }, app: { folders: ['src/a'], packages: [] } };
    expect(differences(rowsOf('| `src/a/` | x |\n| `app/` | y |'), map)).toEqual([]);
    expect(differences(rowsOf('| `app/` | x |\n| `src/a/` | y |'), map)).toEqual(['app imports src/a, which stands below it']);
    expect(differences(rowsOf('| `src/b/` | x |\n| `app/` | y |'), map)).toEqual(['src/a is missing', 'src/b is not in the map']);
  });
});
