import { readmesOf } from '../.vitepress/readmes.ts';

export default { paths: () => readmesOf('packages') };
