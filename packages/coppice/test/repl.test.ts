import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url));
const cwd = fileURLToPath(new URL('..', import.meta.url));
const env = { ...process.env, NO_COLOR: '1' };

interface Ended {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `coppice` from source. */
function start(args: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, nodeArguments(args), { cwd, env });
}

function nodeArguments(args: readonly string[]): readonly string[] {
  return ['--conditions=@coppice/source', '--import', 'tsx', bin, ...args];
}

/** Runs `coppice` with lines on stdin. */
async function coppice(args: readonly string[], lines: readonly string[] = []): Promise<Ended> {
  const child = start(args);
  child.stdin.end(lines.map((line) => `${line}\n`).join(''));
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code, stdout, stderr };
}

/** What the REPL shows between its banner and the prompt after the last line. */
async function session(...lines: readonly string[]): Promise<readonly string[]> {
  const { stdout, code } = await coppice(['repl'], lines);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Coppice \d+\.\d+\.\d+ on Node /);
  return stdout.trimEnd().split('\n').slice(1);
}

describe('coppice repl', { timeout: 60_000 }, () => {
  it('has the main process as its prompt, which receives at top level', async () => {
    expect(
      await session(
        "send(self(), 'hello')",
        'await receive()',
        'const parent = self()',
        "const child = spawn(() => send(parent, { from: 'child' }))",
        'const got = await receive()',
        'got',
        'await receive(undefined, { timeout: 10 })',
      ),
    ).toEqual([
      'coppice(1)> undefined',
      "coppice(2)> 'hello'",
      'coppice(3)> undefined',
      'coppice(4)> undefined',
      'coppice(5)> undefined',
      "coppice(6)> { from: 'child' }",
      'coppice(7)> undefined',
      'coppice(8)>',
    ]);
  });

  it('prints the tree of processes, by function and by command', async () => {
    expect(await session("await Agent.startLink(() => 1, { name: 'one' }); processTree()", '.tree')).toEqual([
      'coppice(1)> #PID<0.1.0> main',
      '└─ one #PID<0.2.0> Agent',
      'coppice(2)> #PID<0.1.0> main',
      '└─ one #PID<0.2.0> Agent',
      'coppice(2)>',
    ]);
  });

  it('goes on with another process when a linked one crashes; variables and other processes stay', async () => {
    const shown = await session(
      "const before = self(), agent = await Agent.start(() => 7, { name: 'agent' })",
      "const crashed = spawnLink(() => { throw new Error('boom') }); await sleep(50)",
      'self() === before',
      'isAlive(before)',
      "await Agent.get('agent', (n) => n)",
    );
    expect(shown).toEqual([
      'coppice(1)> undefined',
      'coppice(2)> ** (EXIT from #PID<0.1.0>) shell process exited with reason: Error: boom',
      'coppice(3)> false',
      'coppice(4)> false',
      'coppice(5)> 7',
      'coppice(6)>',
    ]);
  });

  it('shows the end of its process while nothing is evaluated, and the crash on stderr', async () => {
    const child = start(['repl']);
    const stderr = text(child.stderr);
    let stdout = '';
    const untilShown = async (part: string): Promise<void> => {
      while (!stdout.includes(part)) stdout += String((await once(child.stdout, 'data'))[0]);
    };
    child.stdin.write("const crashed = spawnLink(() => { throw new Error('boom') })\n");
    await untilShown(
      '** (EXIT from #PID<0.1.0>) shell process exited with reason: Error: boom\ncoppice(2)> ',
    );
    child.stdin.end('self()\n');
    await untilShown('coppice(3)> ');
    expect(stdout).toContain('coppice(2)> #PID<0.3.0>');
    expect(await stderr).toContain('process #PID<0.2.0> crashed');
  });

  it('is the same process in every line, whatever becomes of those that it spawned', async () => {
    const shown = await session(
      'const before = self()',
      "const other = spawn(() => { throw new Error('boom') }); await sleep(50)",
      'isAlive(other)',
      'self() === before',
      'await Task.await(Task.async(() => 6 * 7))',
      'self() === before && (await Promise.resolve(self())) === before',
      'setTimeout(() => send(before, self() === before)); await receive()',
    );
    expect(shown).toEqual([
      'coppice(1)> undefined',
      'coppice(2)> undefined',
      'coppice(3)> false',
      'coppice(4)> true',
      'coppice(5)> 42',
      'coppice(6)> true',
      'coppice(7)> true',
      'coppice(8)>',
    ]);
  });

  it('is who a listener is that was written at it, whoever emits, and after a crash the next main process', async () => {
    const child = start(['repl']);
    let stdout = '';
    const type = async (line: string, prompt: number): Promise<void> => {
      child.stdin.write(`${line}\n`);
      while (!stdout.includes(`coppice(${prompt})> `))
        stdout += String((await once(child.stdout, 'data'))[0]);
    };
    // What comes on stdin is no process's.
    await type("process.stdin.on('data', () => send(self(), self())); 'listens'", 2);
    await type('(await receive(undefined, { timeout: 500 })) === self()', 3);
    await type("spawnLink(() => exit('bad')); await sleep(50)", 4);
    await type('(await receive(undefined, { timeout: 500 })) === self()', 5);
    child.stdin.end();
    await once(child, 'close');
    expect(stdout.trimEnd().split('\n').slice(1)).toEqual([
      "coppice(1)> 'listens'",
      'coppice(2)> true',
      'coppice(3)> ** (EXIT from #PID<0.1.0>) shell process exited with reason: bad',
      'coppice(4)> true',
      'coppice(5)>',
    ]);
  });

  it('lets code of a line end with the process that ran it', async () => {
    const shown = await session(
      'const seen = []; const loop = async () => { for (;;) { await sleep(1); seen.push(self()) } }',
      'const ended = loop().catch((error) => error.code)',
      "spawnLink(() => { throw new Error('boom') }); await sleep(50)",
      'await ended',
      'const count = seen.length; await sleep(50)',
      'seen.length === count && seen.every((pid) => !isAlive(pid))',
    );
    expect(shown.slice(3)).toEqual([
      "coppice(4)> 'process_exited'",
      'coppice(5)> undefined',
      'coppice(6)> true',
      'coppice(7)>',
    ]);
  });

  it('says nothing of what code of a process that has exited leaves behind', async () => {
    const shown = await session(
      'const timer = setInterval(() => send(self(), 1), 1), late = (async () => { await sleep(10_000) })()',
      "spawnLink(() => exit('bad')); await sleep(50)",
      'await sleep(50)',
      'await late',
      'isAlive(self())',
    );
    expect(shown.slice(1, 3)).toEqual([
      'coppice(2)> ** (EXIT from #PID<0.1.0>) shell process exited with reason: bad',
      'coppice(3)> undefined',
    ]);
    expect(shown.slice(3).join('\n')).toMatch(
      /^coppice\(4\)> Uncaught:?\s\[?ProcessExited: [^]*\ncoppice\(5\)> true\n/,
    );
  });

  it('traps exits, as any process can', async () => {
    expect(
      await session(
        'trapExit(true)',
        "const crashed = spawnLink(() => exit('bad')); (await receive()).reason",
        'self()',
      ),
    ).toEqual(['coppice(1)> false', "coppice(2)> 'bad'", 'coppice(3)> #PID<0.1.0>', 'coppice(4)>']);
  });

  it('survives what a line throws, exit among it', async () => {
    const shown = await session("throw new RangeError('far')", "exit('why')", 'self()');
    expect(shown).toContain('coppice(1)> Uncaught RangeError: far');
    expect(shown).toContainEqual(expect.stringMatching(/^coppice\(2\)> Uncaught .*ExitError: exited: why/));
    expect(shown).toContain('coppice(3)> #PID<0.1.0>');
  });

  it('flushes what has come', async () => {
    expect(await session("send(self(), 'a'); send(self(), 'b')", 'await flush()', 'await flush()')).toEqual([
      'coppice(1)> undefined',
      "coppice(2)> 'a'",
      "'b'",
      'undefined',
      'coppice(3)> undefined',
      'coppice(4)>',
    ]);
  });

  it('takes functions of several lines, counts whole ones, and helps', async () => {
    const shown = await session('function twice(n) {', '  return 2 * n', '}', 'twice(21)');
    expect(shown[0]).toMatch(/^coppice\(1\)> (\.\.\. \.\.\.|\| \|) undefined$/); // Node 24 changed the marks
    expect(shown.slice(1)).toEqual(['coppice(2)> 42', 'coppice(3)>']);
    expect((await session('h()')).join('\n')).toContain('await receive()');
  });

  it('ends with .exit, though processes and timers are left', async () => {
    expect(await session('const left = spawn(() => sleep(3_600_000))', '.exit', "'not reached'")).toEqual([
      'coppice(1)> undefined',
      'coppice(2)>',
    ]);
  });
});

// util-linux: runs a command with a terminal of its own.
const script = '/usr/bin/script';

describe.skipIf(process.platform !== 'linux' || !existsSync(script))(
  'coppice repl at a terminal',
  { timeout: 60_000 },
  () => {
    it('shows a prompt, awaits, gives up at Ctrl+C, goes on, keeps its history, and leaves', async () => {
      const home = mkdtempSync(join(tmpdir(), 'coppice-repl-'));
      const terminal = await Terminal.open(home);
      expect(await terminal.type("send(self(), 'hello')\r", 2)).toContain('undefined');
      expect(await terminal.type('await receive()\r', 3)).toContain("'hello'");
      expect(await terminal.type("spawn(() => { throw new Error('boom') })\r", 4)).toContain('#PID<0.2.0>');
      expect(await terminal.type('self()\r', 5)).toContain('#PID<0.1.0>');
      terminal.write('await receive()\r'); // nothing will come
      await terminal.untilShown('await receive()');
      expect(await terminal.type('\u0003', 6)).toContain('(EXIT from #PID<0.1.0>)');
      expect(await terminal.type('self()\r', 7)).toContain('#PID<0.3.0>');
      terminal.write('.exit\r');
      expect(await terminal.exitCode()).toBe(0);
      expect(readFileSync(join(home, '.coppice_repl_history'), 'utf8')).toContain("send(self(), 'hello')");
      rmSync(home, { recursive: true });
    });

    it('gives up a line that waits though a stray error was shown meanwhile', async () => {
      const terminal = await Terminal.open('/nowhere');
      terminal.write("setTimeout(() => { throw new Error('late') }); await receive()\r");
      await terminal.untilShown('Uncaught Error: late');
      await terminal.untilShown('coppice(2)> ');
      expect(await terminal.type('\u0003', 2)).toContain('(EXIT from #PID<0.1.0>)');
      await terminal.leave();
    });

    it('takes what is typed ahead of the end of main', async () => {
      const terminal = await Terminal.open('/nowhere');
      const shown = await terminal.type("spawnLink(() => exit('bad')); await sleep(300)\r.tree\rself()\r", 3);
      expect(shown).toMatch(/\.tree\s+#PID<0\.3\.0> main\s[^]*self\(\)\s+#PID<0\.3\.0>/);
      await terminal.leave();
    });

    it('stays the same process when Ctrl+C clears the line, also after a completion, and leaves at two of them', async () => {
      const terminal = await Terminal.open('/nowhere');
      terminal.write('process.vers\t'); // what there is to complete it is asked by an evaluation
      await terminal.untilShown('process.version');
      terminal.write('\u0003');
      await terminal.untilShown('coppice(1)> ');
      expect(await terminal.type('self()\r', 2)).toContain('#PID<0.1.0>');
      terminal.write('\u0003');
      await terminal.untilShown('press Ctrl+C again');
      await terminal.untilShown('coppice(2)> ');
      terminal.write('\u0003');
      expect(await terminal.exitCode()).toBe(0);
      expect(terminal.rest).not.toContain('EXIT');
    });
  },
);

/** The REPL at a terminal of its own, and what that shows. */
class Terminal {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #closed: Promise<unknown[]>;
  #shown = '';

  constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    this.#closed = once(child, 'close');
    child.stdout.on('data', (part) => {
      this.#shown += String(part);
    });
  }

  /** Starts it, with its history in `home`. */
  static async open(home: string): Promise<Terminal> {
    const command = [process.execPath, ...nodeArguments(['repl'])].map((part) => `'${part}'`).join(' ');
    const options = { cwd, env: { ...env, HOME: home, TERM: 'xterm' } };
    const terminal = new Terminal(spawn(script, ['-qfec', command, '/dev/null'], options));
    await terminal.untilShown('coppice(1)> ');
    return terminal;
  }

  /** What was not waited for. */
  get rest(): string {
    return this.#shown;
  }

  write(keys: string): void {
    this.#child.stdin.write(keys);
  }

  async untilShown(part: string): Promise<string> {
    while (!this.#shown.includes(part)) await once(this.#child.stdout, 'data');
    const end = this.#shown.indexOf(part) + part.length;
    const shown = this.#shown.slice(0, end);
    this.#shown = this.#shown.slice(end);
    return shown;
  }

  /** Types keys; what is shown up to the prompt of the line that follows. */
  type(keys: string, line: number): Promise<string> {
    this.write(keys);
    return this.untilShown(`coppice(${line})> `);
  }

  async exitCode(): Promise<unknown> {
    return (await this.#closed)[0];
  }

  async leave(): Promise<void> {
    this.write('.exit\r');
    await this.exitCode();
  }
}

describe('coppice', { timeout: 60_000 }, () => {
  it('tells its version and its usage', async () => {
    expect((await coppice(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await coppice(['--help'])).stdout).toContain('Usage: coppice repl');
  });

  it('refuses what it does not know', async () => {
    expect(await coppice(['rpel'])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('Usage: coppice repl'),
    });
  });
});
