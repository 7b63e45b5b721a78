import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { copyDifferences } from '../src/copy.ts';
import { dataFolder } from '../src/transcript.ts';

describe('copyDifferences', () => {
  it('says nothing where there is no other folder', () => {
    expect(copyDifferences(new URL('nowhere/', dataFolder))).toEqual([]);
  });

  it('names the files that changed, came or went', () => {
    const folder = mkdtempSync(join(tmpdir(), 'oracle-'));
    try {
      cpSync(fileURLToPath(dataFolder), folder, { recursive: true });
      const original = pathToFileURL(`${folder}/`);
      expect(copyDifferences(original)).toEqual([]);
      writeFileSync(join(folder, 'census.tsv'), 'changed');
      writeFileSync(join(folder, 'sup', 'new.exs'), '');
      rmSync(join(folder, 'workers.exs'));
      expect(copyDifferences(original)).toEqual(['census.tsv', 'sup/new.exs', 'workers.exs']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
