/** All published packages have one version, and core's code says which. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const packages = new URL('../../packages/', import.meta.url);
const source = readFileSync(new URL('core/src/version.ts', packages), 'utf8');
const version = /export const version = '(.*)'/.exec(source)?.[1];

describe('the version', () => {
  it('is the same in all published packages and in the code of core', () => {
    const versions = readdirSync(packages)
      .map((folder): unknown => JSON.parse(readFileSync(new URL(`${folder}/package.json`, packages), 'utf8')))
      .filter((manifest) => !isPrivate(manifest));
    expect(versions).toEqual(versions.map(() => expect.objectContaining({ version })));
  });
});

function isPrivate(manifest: unknown): boolean {
  return typeof manifest === 'object' && manifest !== null && 'private' in manifest;
}
