/** What core weighs in a program, bundled and minified: all of it, what programs of plain processes take, and each module's share. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** What `.size-limit.json` holds CI to, and the least that a program of processes takes. */
const measured: readonly Limit[] = [
  { name: 'spawn, send, receive', import: '{ spawn, send, receive }' },
  ...limits(),
];

for (const { name, import: names = '*' } of measured)
  console.log(`${await gzipped(names)} kB gzipped: ${name}`);
for (const [module, bytes] of await shares()) console.log(`${`${bytes}`.padStart(6)} B minified: ${module}`);

async function gzipped(names: string): Promise<string> {
  const { outputFiles } = await bundle(names);
  return (gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length / 1_000).toFixed(2);
}

async function shares(): Promise<readonly (readonly [string, number])[]> {
  const { metafile } = await bundle('*');
  return Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .map(([path, { bytesInOutput }]) => [basename(path), bytesInOutput] as const)
    .toSorted(([, a], [, b]) => b - a);
}

function bundle(names: string) {
  const contents = names === '*' ? "export * from '@coppice/core'" : `export ${names} from '@coppice/core'`;
  const resolveDir = fileURLToPath(new URL('.', import.meta.url));
  return build({
    stdin: { contents, resolveDir },
    bundle: true,
    minify: true,
    format: 'iife',
    write: false,
    metafile: true,
  });
}

interface Limit {
  readonly name: string;
  readonly import?: string;
}

function limits(): readonly Limit[] {
  // The project's own file, of size-limit's format.
  return JSON.parse(
    readFileSync(new URL('../../../.size-limit.json', import.meta.url), 'utf8'),
  ) as readonly Limit[];
}
