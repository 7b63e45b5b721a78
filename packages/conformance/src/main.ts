/** `npm run conformance [-- [--real] part-of-an-id …]`: the oracle's scenarios, the declared differences, the census. Exit code 1 on a surprise. */
import { census, coverage, coveredIds, exclusions, type Row, strayIds, total } from './census.ts';
import type { Verdict } from './compare.ts';
import { copyDifferences } from './copy.ts';
import { failures, type Report, reportOn } from './report.ts';
import { scriptIds } from './transcript.ts';

const root = new URL('../../../', import.meta.url);
const originalData = new URL('../shared/oracle/', root);
const testResults = new URL('node_modules/.cache/test-results.json', root);

const how = process.argv.includes('--real') ? 'real' : 0;
const wanted = process.argv.slice(2).filter((argument) => argument !== '--real');
const ids = scriptIds().filter((id) => wanted.length === 0 || wanted.some((part) => id.includes(part)));
const reports: Report[] = [];
for (const id of ids) {
  const report = await reportOn(id, how);
  reports.push(report);
  printScenario(report);
}
printTotal(reports);
printDifferences(reports);
const isCopy = printCopy();
if (wanted.length === 0) printCensus();
process.exitCode = isCopy && reports.every((report) => failures(report).length === 0) ? 0 : 1;

function printScenario(report: Report): void {
  const { id, lines, equal, verdicts, failure } = report;
  const note = verdicts === undefined ? ' (no port)' : '';
  console.log(`${id}: ${equal} of ${lines} lines${note}`);
  for (const verdict of failures(report)) console.log(surprise(verdict));
  if (failure !== undefined) console.log('  ended early:', failure);
}

function surprise(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'differs':
      return `  differs: ${verdict.step}\n    BEAM    ${json(verdict.expected)}\n    Coppice ${json(verdict.observed)}`;
    case 'missing':
      return `  missing: ${verdict.step}\n    BEAM    ${json(verdict.expected)}`;
    case 'extra':
      return `  extra: ${verdict.step}\n    Coppice ${json(verdict.observed)}`;
    case 'needless':
      return `  declared as a difference, but is none: ${verdict.step}`;
    case 'equal':
    case 'declared':
      return `  ${verdict.kind}: ${verdict.step}`;
  }
}

function printTotal(all: readonly Report[]): void {
  const isOwn = ({ id }: Report): boolean => id.startsWith('more/');
  console.log(`\nin total: ${sum(all.filter((report) => !isOwn(report)))}`);
  if (all.some(isOwn)) console.log(`scripts of our own: ${sum(all.filter(isOwn))}`);
}

function sum(reports: readonly Report[]): string {
  const equal = reports.reduce((count, report) => count + report.equal, 0);
  const lines = reports.reduce((count, report) => count + report.lines, 0);
  const ported = reports.filter(({ verdicts }) => verdicts !== undefined).length;
  return `${equal} of ${lines} lines, ${ported} of ${reports.length} scenarios ported`;
}

function printDifferences(all: readonly Report[]): void {
  const declared = all.flatMap(({ id, verdicts = [] }) =>
    verdicts.flatMap((verdict) => (verdict.kind === 'declared' ? [{ id, ...verdict }] : [])),
  );
  console.log(`\n${declared.length} declared differences:`);
  for (const { id, step, reason } of declared) console.log(`  ${id}: ${step}\n    ${reason}`);
}

function printCopy(): boolean {
  const changed = copyDifferences(originalData);
  if (changed.length > 0)
    console.log(`\nthe oracle's data differs from ${originalData.pathname}: ${changed.join(', ')}`);
  return changed.length === 0;
}

function printCensus(): void {
  const rows = census();
  const { source, size, ids: covered } = coveredIds(root, testResults);
  const groups = coverage(rows, covered);
  console.log(
    source === 'passed'
      ? `\ncensus: rows with a passing test, from the results of the last test run (${size} tests)`
      : `\ncensus: rows that a test names, from a static scan of ${size} files: no results of a test run`,
  );
  for (const { prefix, covered: done, open } of groups) {
    const rest = open.length > 0 && open.length <= 12 ? `  open: ${open.join(' ')}` : '';
    console.log(`  ${prefix}: ${done.length} of ${done.length + open.length}${rest}`);
  }
  const done = groups.reduce((sum, group) => sum + group.covered.length, 0);
  const applicable = groups.reduce((sum, group) => sum + group.covered.length + group.open.length, 0);
  console.log(`  in total: ${done} of ${applicable}`);
  printExclusions(rows);
  const stray = strayIds(rows, covered);
  if (stray.length > 0) console.log(`  in no row of the census: ${stray.join(' ')}`);
}

function printExclusions(rows: readonly Row[]): void {
  console.log(`  and ${rows.filter(({ applies }) => !applies).length} that do not apply:`);
  for (const [reason, counts] of exclusions(rows)) {
    const where = [...counts].map(([prefix, count]) => `${prefix} ${count}`).join(', ');
    console.log(`    ${total(counts)}: ${reason} (${where})`);
  }
}

function json(value: unknown): string {
  return JSON.stringify(value);
}
