import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { heldBack, type Line, mostInAnySecond, parse } from './log.ts';

type ProgramName = 'crash-loop' | 'ends-in-storm' | 'hangs' | 'last-lines';
const cwd = fileURLToPath(new URL('..', import.meta.url));

/** Starts the program from source; under a test runner there would be no main process. */
function start(name: ProgramName, ...args: readonly string[]): ChildProcess {
  const program = fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url));
  const node = ['--conditions=@coppice/source', '--import', 'tsx', program, ...args];
  // One that hangs in its exit is killed: its exit code is none.
  const ends = { timeout: 30_000, killSignal: 'SIGKILL' } as const;
  return spawn(process.execPath, node, { cwd, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], ...ends });
}

function byTime(a: Line, b: Line): number {
  return Number(a.time) - Number(b.time);
}

interface Told {
  readonly crashes: number;
  readonly answers: number;
}

async function told(child: ChildProcess): Promise<Told> {
  const [message]: unknown[] = await once(child, 'message');
  return message as Told; // what the program sends
}

describe('a program that is told to end', { timeout: 60_000 }, () => {
  it('logs what it was told and what follows, the first time and the second', async () => {
    const child = start('hangs');
    if (child.stdout === null) throw new Error('stdout is a pipe');
    const written = text(child.stdout);
    await once(child, 'message');
    const stopping = once(child, 'message');
    child.kill('SIGTERM');
    await stopping;
    child.kill('SIGINT');
    // By their time: the first may be with the thread that writes it while the program ends and the second is written.
    const lines = (await written).trimEnd().split('\n').map(parse).toSorted(byTime);
    expect(lines).toMatchObject([
      { level: 30, msg: 'SIGTERM received; all applications are stopped, within 60000 ms', action: 'stop' },
      { level: 40, msg: 'SIGINT received; it is not the first: the program ends at once', action: 'exit' },
    ]);
  });
});

describe('Logger.attach, one line', { timeout: 60_000 }, () => {
  it('of 10,000 crashes a second writes at most 100 lines a second, and counts the others', async () => {
    const child = start('crash-loop');
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

  it.each(['own', 'given'])('counts what it held back when the program ends (pino: %s)', async (whose) => {
    const child = start('ends-in-storm', whose);
    if (child.stdout === null) throw new Error('stdout is a pipe');
    const lines = (await text(child.stdout)).trimEnd().split('\n').map(parse);
    const written = lines.filter(({ msg }) => msg.includes('crashed'));
    expect(written.length + heldBack(lines)).toBe(200);
  });

  it('holds up neither processes nor the exit of the program when nobody reads its stdout', async () => {
    const child = start('crash-loop', 'exit');
    if (child.stderr === null) throw new Error('stderr is a pipe');
    const [stderr, { crashes, answers }, [code]] = await Promise.all([
      text(child.stderr),
      told(child),
      once(child, 'exit'),
    ]);
    expect(crashes).toBeGreaterThan(14_000);
    expect(answers).toBeGreaterThan(50);
    expect(code).toBe(3);
    expect(stderr).toContain('what is left of the log was not written: Error: stdout took nothing');
  });

  it('holds up no exit of the program when the reader of its stdout has gone', async () => {
    const child = start('last-lines');
    if (child.stdout === null || child.stderr === null) throw new Error('stdout and stderr are pipes');
    await once(child, 'message');
    child.stdout.destroy();
    await once(child.stdout, 'close');
    child.send('go');
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect(code).toBe(3);
    expect(stderr).toContain('what is left of the log was not written: Error: stdout took nothing');
  });
});
