/**
 * Runs the `start` script of every example and expects each to end well, and to print the `text output` block of its README, where it has one.
 * `npm run examples -- name …` runs those named.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const wanted = process.argv.slice(2);
const names = readdirSync('examples').filter((name) => wanted.length === 0 || wanted.includes(name));
if (names.length === 0) throw new Error(`no example is named ${wanted.join(', ')}`);

const failed = names.filter((name) => !endsWell(name));
console.log(`\n${names.length - failed.length} of ${names.length} examples ended well`);
process.exitCode = failed.length === 0 ? 0 : 1;

function endsWell(name: string): boolean {
  console.log(`\n# examples/${name}`);
  const cwd = `examples/${name}`;
  const { status, stdout } = spawnSync('npm', ['run', '-s', 'start'], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    // One that hangs fails.
    timeout: 120_000,
  });
  process.stdout.write(stdout);
  if (status !== 0) console.log(`${cwd} ended with ${status}`);
  const promised = outputOf(readFileSync(`${cwd}/README.md`, 'utf8'));
  const asPromised = promised === undefined || stdout === promised;
  if (!asPromised) console.log(`${cwd} did not print what its README says:\n${promised}`);
  return status === 0 && asPromised;
}

function outputOf(page: string): string | undefined {
  return /^```text output\n([\s\S]*?)^```$/m.exec(page)?.[1];
}
