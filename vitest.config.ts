import { existsSync, readdirSync } from 'node:fs';
import { defineConfig, type TestProjectInlineConfiguration, type ViteUserConfig } from 'vitest/config';
import type { ProjectConfig, Reporter, TestModule } from 'vitest/node';

/** Tests run the packages from source: their `exports` name `src/index.ts` under this condition. */
const source = ['@coppice/source'];
const shared = {
  resolve: { conditions: source },
  ssr: { resolve: { conditions: source, externalConditions: source } },
};

const RESULTS = 'node_modules/.cache/test-results.json';

/** `vitest run` runs the tests; `vitest run --mode soak` the long ones, `*.soak.ts`, one after another. */
export default defineConfig(({ mode }): ViteUserConfig => {
  const soak = mode === 'soak';
  const kind: ProjectConfig = soak
    ? { include: ['test/**/*.soak.ts'], testTimeout: 3_600_000 }
    : { include: ['test/**/*.test.ts'], testTimeout: 20_000 };
  return {
    ...shared,
    test: {
      projects: foldersWithTests().map((folder) => project(folder, kind)),
      fileParallelism: !soak,
      // All processors: by default vitest leaves one free, which on two is half.
      maxWorkers: '100%',
      // The last run's results are kept for the count of census rows that have a passing test.
      reporters: soak ? ['default', tally] : ['default', ['json', { outputFile: RESULTS }], tally],
      coverage: { provider: 'v8', include: ['packages/*/src/**/*.ts'], reporter: ['text', 'lcov'] },
    },
  };
});

/** Every package and example that has a `test` folder, and the documentation. */
function foldersWithTests(): readonly string[] {
  const inside = (folder: string) =>
    readdirSync(new URL(folder, import.meta.url)).map((name) => `${folder}/${name}`);
  const folders = [...inside('packages'), ...inside('examples'), 'docs'];
  return folders.filter((folder) => existsSync(new URL(`${folder}/test`, import.meta.url)));
}

/** A project is named like its folder: `vitest run --project core`. */
function project(folder: string, kind: ProjectConfig): TestProjectInlineConfiguration {
  return {
    ...shared,
    test: { name: folder.slice(folder.lastIndexOf('/') + 1), root: `./${folder}`, ...kind },
  };
}

/** Prints the one closing line that CI counts. A file that cannot be loaded, a failed hook and a stray error each count as a failure. */
const tally: Reporter = {
  onTestRunEnd(modules, strayErrors) {
    const counts = { passed: 0, failed: strayErrors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      counts.failed += errorsOutsideTests(module);
      for (const test of module.children.allTests()) counts[test.result().state]++;
    }
    process.on('exit', () => console.log(`${counts.passed} passed, ${counts.failed} failed`));
  },
};

function errorsOutsideTests(module: TestModule): number {
  const suites = [...module.children.allSuites()];
  return [module, ...suites].filter((part) => part.errors().length > 0).length;
}
