import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Runs one of `programs`, whose top-level code is a main process. */
export function runProgram(
  name: string,
  ...args: readonly string[]
): { readonly stdout: string; readonly stderr: string; readonly status: number | null } {
  const program = fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url));
  return spawnSync(process.execPath, ['--conditions=@coppice/source', '--import', 'tsx', program, ...args], {
    encoding: 'utf8',
    timeout: 15_000, // one that hangs fails
    killSignal: 'SIGKILL',
  });
}
