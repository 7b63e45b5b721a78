/** Packs one package as it would be published and checks the tarball: `pack.ts core`. Needs `npm run build` first. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';

const folder = process.argv[2];
if (folder === undefined) throw new Error('name the package to pack');
const packed = resolve('node_modules/.cache/packed', folder);

execFileSync('pnpm', ['pack', '--pack-destination', packed], { cwd: `packages/${folder}`, stdio: 'inherit' });
const tarballs = readdirSync(packed).map((name) => resolve(packed, name));
for (const tarball of tarballs) {
  execFileSync('publint', ['run', '--strict', tarball], { stdio: 'inherit' });
  execFileSync('attw', ['--profile', 'esm-only', tarball], { stdio: 'inherit' });
}
