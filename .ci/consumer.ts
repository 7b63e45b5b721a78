/**
 * Installs the packed packages in a new project outside the workspace, compiles their published declarations there without Node's types,
 * has declarations made of code that exports what they give, and compiles and runs the README's example, with no condition and no loader.
 * A program in a folder like core's own is told from the runtime. At the end nothing but `coppice` can be imported, as pnpm has it, and
 * declarations are made of the same code. Needs `pack.ts` of each package first.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { writeSnippets } from '../docs/snippets.ts';

const packed = resolve('node_modules/.cache/packed');
/** Those whose declarations need nothing but Coppice's: vitest's, pino's and XState's do not compile without Node's types or `skipLibCheck`. */
const packages = readdirSync(packed).filter(
  (folder) => !['testing', 'logger', 'gen-statem'].includes(folder),
);
const compilerOptions = {
  target: 'es2022',
  lib: ['es2023', 'dom'],
  module: 'nodenext',
  types: [],
  strict: true,
  exactOptionalPropertyTypes: true,
  declaration: true,
  rootDir: '.',
  outDir: 'out',
};

const example = writeSnippets().find(({ place }) => place.startsWith('README.md:'));
if (!example) throw new Error('README.md has no runnable example');

/** Nothing here has a type written out, so each must have one that a declaration can name. */
const inferred = `import { Agent } from '@coppice/agent';
import { Application } from '@coppice/application';
import { Ets } from '@coppice/ets';
import { GenServer, reply } from '@coppice/gen-server';
import { Registry } from '@coppice/registry';
import { PartitionSupervisor, Supervisor } from '@coppice/supervisor';
import { Task, TaskSupervisor } from '@coppice/task';
export const Counter = GenServer.define('Counter', { init: (n: number) => n, call: { read: (n) => reply(n, n) } });
export const counter = Counter.name('counter');
export const agent = Agent.name<number>('agent');
export const table = Ets.name<string, number>('table');
export const Rooms = Registry.unique<string>('rooms');
export const Tree = Supervisor.define('Tree', () => ({ strategy: 'one_for_one', children: [Counter.childSpec(0)] }));
export const shards = PartitionSupervisor.name('shards');
export const tasks = TaskSupervisor.name('tasks');
export const done = Task.completed(1);
export const squares = () => Task.asyncStream([1, 2], (n) => n * n);
export const App = Application.define('app', { env: { port: 1 }, start: () => Tree.startLink() });
`;

const ownCode = `import { formatCrash, spawn, subscribe } from '@coppice/core';
subscribe('coppice.process.crash', (event) => console.log(formatCrash(event)));
spawn(function mine() {
  throw new Error('boom');
});
`;

const project = mkdtempSync(join(tmpdir(), 'coppice-consumer-'));
try {
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'consumer', private: true, type: 'module' }),
  );
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, include: ['main.ts', 'all.ts', 'inferred.ts'] }),
  );
  writeFileSync(join(project, 'main.ts'), example.code);
  writeFileSync(join(project, 'inferred.ts'), inferred);
  writeFileSync(join(project, 'all.ts'), packages.map(exportAll).join(''));
  execute('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...packages.flatMap(tarballs)]);
  execute(resolve('node_modules/.bin/tsc'), ['-p', '.']);
  const printed = execFileSync('node', ['out/main.js'], { cwd: project, encoding: 'utf8' });
  if (printed !== example.output) throw new Error(`${example.place} printed in the new project:\n${printed}`);
  mkdirSync(join(project, 'packages/core/src'), { recursive: true });
  writeFileSync(join(project, 'packages/core/src/crash.js'), ownCode);
  const crash = execFileSync('node', ['packages/core/src/crash.js'], { cwd: project, encoding: 'utf8' });
  if (!/at mine .*\n +\(and \d+ of the runtime\)/.test(crash))
    throw new Error(`the program's own frames were not told from the runtime's:\n${crash}`);
  onlyCoppice();
  execute(resolve('node_modules/.bin/tsc'), ['-p', '.']);
} finally {
  rmSync(project, { recursive: true, force: true });
}

function tarballs(folder: string): readonly string[] {
  return readdirSync(join(packed, folder)).map((name) => join(packed, folder, name));
}

function exportAll(folder: string, index: number): string {
  const name = folder === 'coppice' ? folder : `@coppice/${folder}`;
  return `export * as package${index} from '${name}';\n`;
}

function execute(command: string, options: readonly string[]): void {
  execFileSync(command, options, { cwd: project, stdio: 'inherit' });
}

/** Leaves the project with `coppice` alone, and with the code that exports what it gives. */
function onlyCoppice(): void {
  for (const file of ['package-lock.json', 'all.ts', 'main.ts']) rmSync(join(project, file));
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ type: 'module', dependencies: { coppice: '*' } }),
  );
  writeFileSync(join(project, 'inferred.ts'), inferred.replaceAll(/@coppice\/[a-z-]+/g, 'coppice'));
  const store = join(project, 'node_modules/.store/node_modules');
  mkdirSync(store, { recursive: true });
  for (const name of ['coppice', '@coppice'])
    renameSync(join(project, 'node_modules', name), join(store, name));
  symlinkSync(join(store, 'coppice'), join(project, 'node_modules/coppice'));
}
