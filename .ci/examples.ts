/** Runs the `start` script of every example and expects each to end well. `npm run examples -- name …` runs those named. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

const wanted = process.argv.slice(2);
const names = readdirSync('examples').filter((name) => wanted.length === 0 || wanted.includes(name));
if (names.length === 0) throw new Error(`no example is named ${wanted.join(', ')}`);

const failed = names.filter((name) => {
  console.log(`\n# examples/${name}`);
  const { status } = spawnSync('npm', ['run', '-s', 'start'], { cwd: `examples/${name}`, stdio: 'inherit' });
  if (status !== 0) console.log(`examples/${name} ended with ${status}`);
  return status !== 0;
});
console.log(`\n${names.length - failed.length} of ${names.length} examples ended well`);
process.exitCode = failed.length === 0 ? 0 : 1;
