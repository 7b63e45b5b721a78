/** The same plans on the BEAM. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writePlans } from './erlang-terms.ts';
import type { Observed } from './transcript.ts';

/** Whether Elixir is installed. */
export function hasBeam(): boolean {
  return spawnSync('elixir', ['--version']).status === 0;
}

/** What the BEAM does with each plan, of a static or a dynamic supervisor. Throws if it fails to. */
export function performOnBeam(plans: readonly object[]): readonly (readonly Observed[])[] {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-plans-'));
  try {
    const file = join(folder, 'plans.terms');
    writeFileSync(file, writePlans(plans));
    const script = fileURLToPath(new URL('plans.exs', import.meta.url));
    const { status, stdout, stderr } = spawnSync('elixir', [script, file], {
      encoding: 'utf8',
      maxBuffer: 1e9,
    });
    if (status !== 0) throw new Error(`elixir ended with ${status}: ${stderr}\n${stdout.slice(-2_000)}`);
    return stdout.split('end\n').slice(0, -1).map(readSteps);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readSteps(text: string): readonly Observed[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Observed => {
      const [answer, log, ends, tree] = JSON.parse(line) as [string, string[], string[], string]; // as plans.exs prints it
      return { answer, log, ends, tree };
    });
}
