import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { makeSite } from './made-site.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** Starts the program as its users do. */
function start(...args: string[]) {
  const node = ['--conditions=@coppice/source', '--import', 'tsx', MAIN];
  const child = spawn(process.execPath, [...node, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const printed = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed.stderr += text;
  });
  const ended = once(child, 'close').then(([code]: unknown[]) => ({ code, ...printed }));
  return { child, ended };
}

describe('the program', { timeout: 30_000 }, () => {
  it('stops at Ctrl-C and prints what was done so far', async () => {
    await using site = await makeSite(2, 'http://127.0.0.1:9');
    const { child, ended } = start(site.root, '--rate', '20');
    await once(child.stderr, 'data'); // the first line of progress
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect(stderr).toMatch(/^(\d+\/\d+ addresses {2}\d+ links {2}0 restarts {2}\d+ retries .*\n)+$/);
    expect(stdout).toMatch(/not reached.*\ninterrupted: this is what was done so far\n\d+ links, /);
    expect(stdout).not.toContain('\u001b');
    expect(code).toBe(130);
  });

  it('says what is wrong with its options', async () => {
    const { code, stdout, stderr } = await start('--rate', 'fast').ended;
    expect(stderr).toContain(
      "option '--rate <number>' argument 'fast' is invalid. It must be a number above 0.",
    );
    expect([code, stdout]).toEqual([2, '']);
  });

  it('survives chaos, even with a single page to check', async () => {
    const root = await mkdtemp(join(tmpdir(), 'link-checker-'));
    await writeFile(join(root, 'only.md'), '# Only\n[here](#only)\n[nowhere](#nowhere)\n');
    const { code, stdout } = await start(root, '--chaos', '--seed', '3').ended;
    await rm(root, { recursive: true });
    expect(stdout).toContain('spared link_checker (the root supervisor) and frontier (the error kernel)');
    expect(stdout).toMatch(/\nwithout chaos: 2 links, 1 broken, 0 restarts, \d+ retries .*\n/);
    expect(stdout).toMatch(
      /\nwith chaos: {4}2 links, 1 broken, \d+ restarts, \d+ retries .*\nthe same answer as without chaos\n$/,
    );
    expect(code).toBe(1);
  });
});
