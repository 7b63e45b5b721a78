/**
 * Turns the waiting changesets into the next version of all packages and an entry of `CHANGELOG.md`. Takes the place of `changeset version`,
 * which makes a major version of every minor one as soon as a package has a peer dependency on another, also before 1.0.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const sizes = ['major', 'minor', 'patch'] as const;
interface Changeset {
  readonly id: string;
  readonly summary: string;
  readonly releases: readonly { readonly type: (typeof sizes)[number] | 'none' }[];
}
interface Manifest {
  readonly private?: boolean;
  readonly version: string;
}

const changesets = waitingChangesets();
const size = sizes.find((wanted) =>
  changesets.some(({ releases }) => releases.some(({ type }) => type === wanted)),
);
if (size === undefined) throw new Error('no changeset is waiting: make one with node_modules/.bin/changeset');

const manifests = readdirSync('packages').map((folder) => `packages/${folder}/package.json`);
const published = manifests.filter((path) => !readJson<Manifest>(path).private);
const version = next(readJson<Manifest>('packages/core/package.json').version);
for (const path of published) {
  writeFileSync(path, `${JSON.stringify({ ...readJson<Manifest>(path), version }, null, 2)}\n`);
}
const source = 'packages/core/src/version.ts';
writeFileSync(source, readFileSync(source, 'utf8').replace(/(?<=export const version = ').*(?=')/, version));
writeFileSync('CHANGELOG.md', withEntry(readFileSync('CHANGELOG.md', 'utf8')));
for (const { id } of changesets) rmSync(`.changeset/${id}.md`);
console.log(`version ${version}`);

function waitingChangesets(): readonly Changeset[] {
  const folder = mkdtempSync(join(tmpdir(), 'changesets-'));
  const file = join(folder, 'status.json');
  execFileSync('changeset', ['status', `--output=${file}`], { stdio: ['ignore', 'ignore', 'inherit'] });
  const status = readJson<{ readonly changesets: readonly Changeset[] }>(file);
  rmSync(folder, { recursive: true });
  return status.changesets;
}

/** `T` is what the tool that wrote the file documents. */
function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}

/** Before 1.0 a minor version may break and a patch may not; 1.0 itself is a decision, not a changeset. */
function next(current: string): string {
  const [major = 0, minor = 0, patch = 0] = current.split('.').map(Number);
  if (size === 'patch') return `${major}.${minor}.${patch + 1}`;
  return size === 'minor' || major === 0 ? `${major}.${minor + 1}.0` : `${major + 1}.0.0`;
}

function withEntry(changelog: string): string {
  const entry = changesets
    .map(({ summary }) => `- ${summary.trim().replaceAll(/\n(?=.)/g, '\n  ')}`)
    .join('\n');
  const [head = '', ...versions] = changelog.split(/^(?=## )/m);
  return [head, `## ${version}\n\n${entry}\n\n`, ...versions].join('');
}
