import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { type Mutant, mutants } from './model/mutants.ts';

const own = fileURLToPath(new URL('..', import.meta.url));
// Inside of the package, so that a copy finds what the package depends on; it finds itself by its own name.
/** The model test by itself, without looking for the smallest plan. */
const program = `
  const { checkPlans } = await import('./test/model/check.ts');
  await checkPlans({ runs: 2_000, seed: 1, shrinks: false }).catch((error) => {
    console.log(error.cause?.message ?? error);
    process.exitCode = 1;
  });`;
const copies = join(own, 'node_modules/.cache/mutants');

describe('the model test', () => {
  afterAll(() => rmSync(copies, { recursive: true, force: true }));

  it('finds nothing in the package as it is', () => {
    expect(checkCopy('none', undefined)).toEqual({ status: 0, output: '' });
  });

  it.each(mutants)('finds a supervisor that $name', (mutant) => {
    const { status, output } = checkCopy(String(mutants.indexOf(mutant)), mutant);
    console.log(`${mutant.name}: ${output.slice(0, 300)}`);
    expect(status).toBe(1);
    expect(output).toMatch(/^step \d+|nothing can wake the test/);
  });
});

/** Runs the model test in a copy of the package, with the change in it. */
function checkCopy(
  name: string,
  mutant: Mutant | undefined,
): { readonly status: number | null; readonly output: string } {
  const folder = join(copies, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const part of ['package.json', 'src', 'test'])
    cpSync(join(own, part), join(folder, part), { recursive: true });
  if (mutant !== undefined) apply(mutant, join(folder, 'src', mutant.file));
  const flags = ['--conditions=@coppice/source', '--import', 'tsx', '--input-type=module', '--eval'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, program], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 300_000,
  });
  return { status, output: `${stdout}${stderr}`.trim() };
}

function apply({ name, from, to }: Mutant, file: string): void {
  const text = readFileSync(file, 'utf8');
  expect(text.split(from), `the text that "${name}" changes must be there once`).toHaveLength(2);
  writeFileSync(
    file,
    text.replace(from, () => to),
  );
}
