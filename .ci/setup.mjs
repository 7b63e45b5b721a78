// Makes `node_modules` match the lock file. Plain JavaScript on Node alone, because nothing is installed when it runs first.
// Does nothing, and needs no network, when the last install was made from the lock file that is there now.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const wanted = new URL('pnpm-lock.yaml', root);
const installed = new URL('node_modules/.pnpm/lock.yaml', root);

if (!isCurrent()) install();

/** pnpm leaves a copy of the lock file that it installed from. */
function isCurrent() {
  return existsSync(installed) && readFileSync(wanted).equals(readFileSync(installed));
}

function install() {
  const { packageManager } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
  console.error(`installing dependencies with ${packageManager} (the first time takes about 20 seconds)`);
  const options = ['install', '--frozen-lockfile', '--prefer-offline', '--config.confirmModulesPurge=false'];
  // npx prints on stdout, which belongs to the command that comes after.
  const { status, error } = spawnSync('npx', ['-y', packageManager, ...options], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
