import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { heldBack, type Line, mostInAnySecond, parse } from './log.ts';

const program = fileURLToPath(new URL('programs/crash-loop.ts', import.meta.url));
const cwd = fileURLToPath(new URL('..', import.meta.url));

/** Starts the program from source; under a test runner there would be no main process. */
function start(...args: readonly string[]): ChildProcess {
  const node = ['--conditions=@coppice/source', '--import', 'tsx', program, ...args];
  const env = { ...process.env, VITEST: undefined };
  return spawn(process.execPath, node, { cwd, env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
}

interface Told {
  readonly crashes: number;
  readonly answers: number;
}

async function told(child: ChildProcess): Promise<Told> {
  const [message]: unknown[] = await once(child, 'message');
  return message as Told; // what the program sends
}

describe('Logger.attach, one line', { timeout: 60_000 }, () => {
  it('of 10,000 crashes a second writes at most 100 lines a second, and counts the others', async () => {
    const child = start();
    if (child.stdout === null) throw new Error('stdout is a pipe');
    const [stdout, { crashes, answers }] = await Promise.all([text(child.stdout), told(child)]);
    const lines: readonly Line[] = stdout.trimEnd().split('\n').map(parse);
    expect(crashes).toBeGreaterThan(14_000);
    expect(answers).toBeGreaterThan(50);
    expect(mostInAnySecond(lines.map(({ time }) => Number(time)))).toBeLessThanOrEqual(100);
    const written = lines.filter(({ msg }) => msg.includes('crashed'));
    expect(written.length).toBeGreaterThan(150);
    expect(written.length + heldBack(lines)).toBe(crashes);
  });

  it('holds up neither processes nor the exit of the program when nobody reads its stdout', async () => {
    const child = start('exit');
    if (child.stderr === null) throw new Error('stderr is a pipe');
    const [stderr, { crashes, answers }, [code]] = await Promise.all([
      text(child.stderr),
      told(child),
      once(child, 'exit'),
    ]);
    expect(crashes).toBeGreaterThan(14_000);
    expect(answers).toBeGreaterThan(50);
    expect(code).toBe(3);
    expect(stderr).toContain('what is left of the log was not written: Error: EAGAIN');
  });
});
