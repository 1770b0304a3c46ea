/** The real graph of imports, from dependency-cruiser, held against the map. */

import { cruise, type IDependency } from 'dependency-cruiser';
import { TESTING, type ImportMap } from './importMap.ts';

/** One import of a file. */
export interface Import {
  readonly from: string;
  /** A file of the project, a package's name, or `node`. */
  readonly to: string;
  readonly isPackage: boolean;
}

export interface ImportGraph {
  readonly imports: readonly Import[];
  /** Circles of files, each as `a -> b -> a`. */
  readonly circles: readonly string[];
}

const isTest = (file: string) => file.endsWith('.test.ts');

/** The folder that a file counts to: `src/ntk`, `app`, or a file of the root itself. */
function folderOf(file: string): string {
  const [top = '', second = ''] = file.split('/');
  return top === 'src' ? `${top}/${second}` : top;
}

function packageOf(module: string): string {
  const [scope = '', name = ''] = module.split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
}

function importOf(from: string, { resolved, module, dependencyTypes }: IDependency): Import {
  if (dependencyTypes.includes('core')) return { from, to: 'node', isPackage: true };
  return module.startsWith('.') ? { from, to: resolved, isPackage: false } : { from, to: packageOf(module), isPackage: true };
}

/** Reads the imports of every file under `paths`, types' too. @param root the folder that all names are relative to. */
export async function readGraph(root: string, paths: readonly string[]): Promise<ImportGraph> {
  const { output } = await cruise([...paths], {
    baseDir: root,
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    validate: true,
    ruleSet: { forbidden: [{ name: 'circle', severity: 'error', from: {}, to: { circular: true } }] },
  });
  if (typeof output === 'string') throw new TypeError('dependency-cruiser gave text in place of a graph; call it without an outputType.');
  return {
    imports: output.modules.flatMap(({ source, dependencies }) => dependencies.map((found) => importOf(source, found))),
    circles: output.summary.violations.map(({ from, cycle = [] }) => [from, ...cycle.map(({ name }) => name)].join(' -> ')),
  };
}

/** Says, a sentence each, where the graph and the map differ. */
export function violations({ imports, circles }: ImportGraph, map: ImportMap): string[] {
  const found = circles.map((circle) => `Files import each other in a circle: ${circle}.`);
  const folders = Object.keys(map);
  const used = new Set<string>();
  for (const { from, to, isPackage } of imports) {
    const folder = folderOf(from);
    const allowed = map[folder];
    if (!allowed) {
      found.push(`${folder} is not in the map; enter it, and what it imports.`);
      continue;
    }
    const target = isPackage ? to : folderOf(to);
    if (target === folder) continue;
    const asTest = isTest(from) && folder !== 'e2e';
    const lists = isPackage ? [allowed.packages] : [allowed.folders, ...(asTest ? [allowed.tests ?? [], [TESTING]] : [])];
    const list = lists.find((names) => names.includes(target));
    if (list) {
      // What a test imports is no reason for the rest of its folder to be allowed it.
      if (!asTest || list === allowed.tests) used.add(`${folder} ${list === allowed.tests ? 'tests ' : ''}${target}`);
    } else if (!(asTest && isPackage)) found.push(`${from} imports ${to}: ${folder} may not import ${target}.`);
  }
  for (const [folder, { folders: below, packages, tests = [] }] of Object.entries(map)) {
    const unused = [...below, ...packages].filter((name) => !used.has(`${folder} ${name}`));
    const unusedByTests = tests.filter((name) => !used.has(`${folder} tests ${name}`));
    for (const name of [...unused, ...unusedByTests]) found.push(`${folder} does not import ${name}; take it out of the map.`);
    for (const name of [...below, ...tests]) {
      if (folders.indexOf(name) === -1) found.push(`${folder} imports ${name}, which is not in the map.`);
      else if (folders.indexOf(name) > folders.indexOf(folder)) found.push(`${folder} imports ${name}, which stands below it in the map.`);
    }
  }
  return [...new Set(found)];
}
