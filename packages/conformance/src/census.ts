/**
 * The census: test cases of Elixir's and OTP's own suites. A row is covered by a test with the row's id in its name, `[task-031]`;
 * it counts only if that test passed in the last run, or, where no run left its results, if such a test exists.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dataFolder } from './transcript.ts';

export interface Row {
  readonly id: string;
  readonly applies: boolean;
  /** Why it does not apply; empty if it does. */
  readonly whyNot: string;
}
/** Ids that tests carry, and whether they are known to pass: `passed` in a run's results, or only `named` in the sources. */
export interface Covered {
  readonly source: 'passed' | 'named';
  /** Tests in the results; files of tests. */
  readonly size: number;
  readonly ids: ReadonlySet<string>;
}
export interface Coverage {
  /** The id without its number: `task`, `otp-gs`. */
  readonly prefix: string;
  readonly covered: readonly string[];
  readonly open: readonly string[];
}
interface TestResult {
  readonly fullName: string;
  readonly status: string;
}
interface TestReport {
  readonly testResults: readonly { readonly assertionResults: readonly TestResult[] }[];
}

export function census(): readonly Row[] {
  const [, ...rows] = readFileSync(new URL('census.tsv', dataFolder), 'utf8').trimEnd().split('\n');
  return rows.map((row) => {
    const cells = row.split('\t');
    return { id: cells[0] ?? '', applies: cells[5] === 'yes', whyNot: cells[6] ?? '' };
  });
}

/** Ids in the names of tests, from the JSON report that vitest wrote to `report`; without it, from the tests' sources under `root`. */
export function coveredIds(root: URL, report: URL): Covered {
  if (!existsSync(report)) {
    const files = testFiles(root);
    return { source: 'named', size: files.length, ids: new Set(files.flatMap(idsInFile)) };
  }
  const parsed = JSON.parse(readFileSync(report, 'utf8')) as TestReport; // vitest's JSON reporter wrote it
  const size = parsed.testResults.reduce((sum, { assertionResults }) => sum + assertionResults.length, 0);
  return { source: 'passed', size, ids: passedIds(parsed) };
}

/** Ids of tests that passed; an id that a failed test carries too does not count. */
export function passedIds({ testResults }: TestReport): ReadonlySet<string> {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = new Set(tests.filter(({ status }) => status === 'failed').flatMap(idsInName));
  const passed = tests.filter(({ status }) => status === 'passed').flatMap(idsInName);
  return new Set(passed.filter((id) => !failed.has(id)));
}

/** Applicable rows by prefix, in the order of the census. */
export function coverage(rows: readonly Row[], ids: ReadonlySet<string>): readonly Coverage[] {
  const applicable = rows.filter(({ applies }) => applies).map(({ id }) => id);
  const prefixes = new Set(applicable.map(prefixOf));
  return [...prefixes].map((prefix) => {
    const group = applicable.filter((id) => prefixOf(id) === prefix);
    return { prefix, covered: group.filter((id) => ids.has(id)), open: group.filter((id) => !ids.has(id)) };
  });
}

/** Rows that do not apply, by the reason, most first: how many of each prefix. */
export function exclusions(rows: readonly Row[]): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const excluded = rows.filter(({ applies }) => !applies);
  const byReason = new Map<string, Map<string, number>>();
  for (const { id, whyNot } of excluded) {
    const counts = byReason.get(whyNot) ?? new Map<string, number>();
    byReason.set(whyNot, counts);
    counts.set(prefixOf(id), (counts.get(prefixOf(id)) ?? 0) + 1);
  }
  return new Map([...byReason].sort(([, a], [, b]) => total(b) - total(a)));
}

export function total(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

/** Ids that a test carries though no row has them. */
export function strayIds(rows: readonly Row[], ids: ReadonlySet<string>): readonly string[] {
  const known = new Set(rows.map(({ id }) => id));
  return [...ids].filter((id) => !known.has(id)).toSorted();
}

export function idsIn(text: string): readonly string[] {
  return [...text.matchAll(/\[((?:[a-z]+-)+\d{3})\]/g)].map(([, id = '']) => id);
}

function idsInName({ fullName }: TestResult): readonly string[] {
  return idsIn(fullName);
}

function idsInFile(file: URL): readonly string[] {
  return idsIn(readFileSync(file, 'utf8'));
}

function prefixOf(id: string): string {
  return id.replace(/-\d+$/, '');
}

/** All `*.test.ts` in the `test` folders of packages and examples, but for the tests of the census itself. */
function testFiles(root: URL): readonly URL[] {
  const folders = ['packages', 'examples']
    .map((name) => new URL(`${name}/`, root))
    .filter((url) => existsSync(url));
  return folders.flatMap((folder) =>
    readdirSync(folder).flatMap((name) => {
      const tests = new URL(`${name}/test/`, folder);
      if (!existsSync(tests)) return [];
      const files = readdirSync(tests, { recursive: true, encoding: 'utf8' });
      return files
        .filter((file) => file.endsWith('.test.ts') && file !== 'census.test.ts')
        .map((file) => new URL(file, tests));
    }),
  );
}
