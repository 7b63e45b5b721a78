import { existsSync, readdirSync, readFileSync } from 'node:fs';

const packages = new URL('../packages/', import.meta.url);
const isPublic = (name) => {
  const folder = new URL(`${name}/`, packages);
  if (!existsSync(new URL('src/index.ts', folder))) return false;
  return !JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')).private;
};

export default {
  name: 'API',
  entryPointStrategy: 'packages',
  entryPoints: readdirSync(packages)
    .filter(isPublic)
    .map((name) => `../packages/${name}`),
  packageOptions: {
    entryPoints: ['src/index.ts'],
    tsconfig: '../../docs/tsconfig.typedoc.json',
    readme: 'none',
    disableSources: true,
    validation: { notExported: false, invalidLink: true },
  },
  plugin: ['typedoc-plugin-markdown', 'typedoc-vitepress-theme'],
  out: './api',
  sanitizeComments: true,
  docsRoot: '.',
  readme: 'none',
  treatValidationWarningsAsErrors: true,
};
