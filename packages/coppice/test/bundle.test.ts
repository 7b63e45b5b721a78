import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { expect, it } from 'vitest';

it('has a main process, and stops late code, in a program that a bundler has taken unused modules from', async () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-'], {
    input: await bundled('programs/bundled.ts'),
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toBe('main is #PID<0.1.0>\nthe program goes on\n');
});

/** Vite leaves out modules that the package says have no effect of their own. esbuild keeps what they import. */
async function bundled(program: string): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'warn',
    resolve: { conditions: ['@coppice/source'] },
    build: {
      write: false,
      lib: { entry: fileURLToPath(new URL(program, import.meta.url)), formats: ['es'] },
    },
  });
  const outputs = [result].flat().flatMap((one) => ('output' in one ? one.output : []));
  return outputs.map((output) => (output.type === 'chunk' ? output.code : '')).join('');
}
