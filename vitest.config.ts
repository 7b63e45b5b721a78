import { existsSync, readdirSync } from 'node:fs';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import type { Reporter } from 'vitest/node';

/** Tests run the packages from source: their `exports` name `src/index.ts` under this condition. */
const source = ['@coppice/source'];
const shared = {
  resolve: { conditions: source },
  ssr: { resolve: { conditions: source, externalConditions: source } },
};

/** Every package and example that has a `test` folder is a project, named like its folder. */
const projects = ['packages', 'examples'].flatMap((folder) =>
  readdirSync(new URL(folder, import.meta.url))
    .filter((name) => existsSync(new URL(`${folder}/${name}/test`, import.meta.url)))
    .map(
      (name): TestProjectInlineConfiguration => ({
        ...shared,
        test: { name, root: `./${folder}/${name}`, include: ['test/**/*.test.ts'] },
      }),
    ),
);

/** Prints the one closing line that CI counts. */
const tally: Reporter = {
  onTestRunEnd(modules) {
    const n = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const m of modules) for (const t of m.children.allTests()) n[t.result().state]++;
    process.on('exit', () => console.log(`${n.passed} passed, ${n.failed} failed`));
  },
};

export default defineConfig({
  ...shared,
  test: {
    projects,
    reporters: ['default', tally],
    coverage: { provider: 'v8', include: ['packages/*/src/**/*.ts'], reporter: ['text', 'lcov'] },
  },
});
