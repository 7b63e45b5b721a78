/** Tells when the oracle's data here and the folder that they were copied from differ. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dataFolder } from './transcript.ts';

/** What is in the data folder and was not copied. */
const own = /^(?:README\.md|more\b.*)$/;

/** Files that differ or exist on one side only. Empty when they agree, and when `original` does not exist. */
export function copyDifferences(original: URL): readonly string[] {
  if (!existsSync(original)) return [];
  const names = new Set([...files(original), ...files(dataFolder)]);
  return [...names].filter((name) => !isSame(new URL(name, original), new URL(name, dataFolder))).toSorted();
}

function files(folder: URL): readonly string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => !own.test(name) && statSync(new URL(name, folder)).isFile());
}

function isSame(a: URL, b: URL): boolean {
  return existsSync(a) && existsSync(b) && readFileSync(a).equals(readFileSync(b));
}
