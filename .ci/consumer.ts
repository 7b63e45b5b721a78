/**
 * Installs the packed packages in a new project outside the workspace and runs the README's example there: compiled by `tsc` against the
 * published declarations (without Node's types), run by Node without any condition or loader. Needs `pack.ts` of each package first.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { writeSnippets } from '../docs/snippets.ts';

/** `coppice` and all that it depends on. */
const packages = [
  'core',
  'gen-server',
  'supervisor',
  'agent',
  'task',
  'registry',
  'ets',
  'application',
  'coppice',
];
const compilerOptions = {
  target: 'es2022',
  lib: ['es2023', 'dom'],
  module: 'nodenext',
  types: [],
  strict: true,
  exactOptionalPropertyTypes: true,
  rootDir: '.',
  outDir: 'out',
};

const example = writeSnippets().find(({ place }) => place.startsWith('README.md:'));
if (!example) throw new Error('README.md has no runnable example');

const project = mkdtempSync(join(tmpdir(), 'coppice-consumer-'));
try {
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'consumer', private: true, type: 'module' }),
  );
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['main.ts'] }));
  writeFileSync(join(project, 'main.ts'), example.code);
  execute('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...packages.flatMap(tarballs)]);
  execute(resolve('node_modules/.bin/tsc'), ['-p', '.']);
  const printed = execute('node', ['out/main.js']);
  if (printed !== example.output) throw new Error(`${example.place} printed in the new project:\n${printed}`);
} finally {
  rmSync(project, { recursive: true, force: true });
}

function tarballs(folder: string): readonly string[] {
  const packed = resolve('node_modules/.cache/packed', folder);
  return readdirSync(packed).map((name) => join(packed, name));
}

function execute(command: string, options: readonly string[]): string {
  return execFileSync(command, options, {
    cwd: project,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
