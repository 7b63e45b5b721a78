/** Programs of `test/programs`, run as their users run them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Program {
  readonly child: ChildProcess;
  /** Resolves with the first line of stdout that begins with `text`, also if it has been printed already. */
  readonly line: (text: string) => Promise<string>;
  readonly ended: Promise<Ended>;
}

/** Nothing is left of a test that failed. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a program. Whoever starts one waits for its end or kills it. */
export function start(name: string, ...args: readonly string[]): Program {
  const path = fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, ['--conditions=@coppice/source', '--import', 'tsx', path, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    timeout: 100_000,
    killSignal: 'SIGKILL', // SIGTERM is what is tested
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const printed = { stdout: '', stderr: '' };
  const lines: string[] = [];
  const waiting: { readonly text: string; readonly resolve: (line: string) => void }[] = [];
  if (child.stdout === null || child.stderr === null) throw new Error('stdout and stderr are pipes');
  child.stdout.on('data', (data) => (printed.stdout += data));
  child.stderr.on('data', (data) => (printed.stderr += data));
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    for (const { text, resolve } of waiting) if (line.startsWith(text)) resolve(line);
  });
  const ended = once(child, 'close').then(
    ([code, signal]: (number | string | null)[]): Ended => ({
      code: typeof code === 'number' ? code : null,
      signal: typeof signal === 'string' ? signal : null,
      ...printed,
    }),
  );
  const line = (text: string): Promise<string> => {
    const before = lines.find((one) => one.startsWith(text));
    if (before !== undefined) return Promise.resolve(before);
    const later = new Promise<string>((resolve) => waiting.push({ text, resolve }));
    const never = ended.then((end) => {
      throw new Error(`the program ended without a line "${text}…":\n${end.stdout}\n${end.stderr}`);
    });
    return Promise.race([later, never]);
  };
  return { child, line, ended };
}
