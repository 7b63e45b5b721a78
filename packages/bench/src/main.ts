/**
 * Runs benchmarks, each in a process of its own: `npm run bench` for all, `npm run bench -- core memory` for some. They run what is published, compiled:
 * running from source renames functions at run time, which costs as much as what is measured.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BENCHMARKS = [
  'core',
  'links',
  'lateness',
  'memory',
  'leaks',
  'supervisor-growth',
  'registry',
  'ets',
  'task',
  'size',
];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !BENCHMARKS.includes(name));
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}: there are ${BENCHMARKS.join(', ')}`);
  process.exit(1);
}
for (const name of asked.length > 0 ? asked : BENCHMARKS) {
  console.log(`\n# ${name} (Node ${process.versions.node})`);
  const file = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
  const { status } = spawnSync(process.execPath, ['--expose-gc', file], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
