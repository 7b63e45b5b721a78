/** Each case of OTP's own suite that applies is the name of a test, or a line of the README that says why it can't be honoured. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const here = new URL('./', import.meta.url);

function rows(): readonly string[] {
  const census = readFileSync(new URL('../../conformance/oracle/census.tsv', here), 'utf8').split('\n');
  return census
    .map((row) => row.split('\t'))
    .filter(([id, , , , , applies]) => id?.startsWith('otp-statem-') === true && applies === 'yes')
    .map(([id = '']) => id.replace('otp-statem-', ''));
}

function tested(): ReadonlySet<string> {
  const files = readdirSync(here).filter((file) => file.endsWith('.test.ts'));
  const sources = files.map((file) => readFileSync(new URL(file, here), 'utf8')).join('\n');
  return new Set([...sources.matchAll(/\[otp-statem-(\d{3})\]/g)].map(([, id = '']) => id));
}

it('every case has a test or a reason', () => {
  const readme = readFileSync(new URL('../README.md', here), 'utf8');
  const notAsInOtp = readme.slice(readme.indexOf('## Not as in OTP'));
  const reasoned = [...notAsInOtp.matchAll(/\b\d{3}\b/g)].map(([id]) => id);
  const covered = tested();
  expect(rows().filter((id) => !covered.has(id))).toEqual(reasoned);
});
