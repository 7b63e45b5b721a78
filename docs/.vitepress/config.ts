import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type DefaultTheme, defineConfig, type MarkdownRenderer } from 'vitepress';
import { namesIn } from './readmes.ts';

type Token = ReturnType<MarkdownRenderer['parse']>[number];

const pages: DefaultTheme.SidebarItem[] = [
  {
    text: 'Guides',
    items: [
      { text: 'Coming from Elixir', link: '/from-elixir' },
      ...linksTo('packages', '/guides/'),
      { text: 'CPU-bound work', link: '/cpu-bound' },
    ],
  },
  {
    text: 'Semantics',
    items: [
      { text: 'Guarantees', link: '/semantics' },
      { text: 'Differences from OTP', link: '/otp-differences' },
    ],
  },
  { text: 'Examples', items: linksTo('examples', '/examples/') },
  { text: 'Decisions', items: decisions() },
];

export default defineConfig({
  title: 'Coppice',
  description: 'Supervision trees for TypeScript',
  cleanUrls: true,
  srcExclude: ['test/**'],
  markdown: {
    config: (md) =>
      md.core.ruler.push('as-in-the-repository', ({ tokens }) =>
        tokens.flatMap(({ children }) => children ?? []).forEach(adapt),
      ),
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Start', link: '/guides/coppice' },
      { text: 'Guarantees', link: '/semantics' },
      { text: 'Differences from OTP', link: '/otp-differences' },
      { text: 'API', link: '/api/' },
    ],
    sidebar: { '/api/': apiSidebar(), '/': pages },
  },
});

/** Erlang's `{{nocatch, Term}, Stack}` in inline code is no Vue interpolation, and the README of a package is a page of the site. */
function adapt(token: Token): void {
  if (token.type === 'code_inline') token.attrSet('v-pre', '');
  if (token.type !== 'link_open') return;
  const link = token.attrGet('href')?.replace(/^\.\.\/packages\/([^/]+)\/README\.md/, '/guides/$1');
  if (link !== undefined) token.attrSet('href', link);
}

function linksTo(folder: 'packages' | 'examples', base: string): DefaultTheme.SidebarItem[] {
  return namesIn(folder).map((name) => ({ text: name, link: `${base}${name}` }));
}

/** Each under the title that its page has. */
function decisions(): DefaultTheme.SidebarItem[] {
  const folder = new URL('../decisions/', import.meta.url);
  return readdirSync(folder).map((name) => {
    const [title = name] = readFileSync(new URL(name, folder), 'utf8').split('\n');
    return { text: title.replace('# ', ''), link: `/decisions/${name.replace('.md', '')}` };
  });
}

/** What typedoc wrote beside the API pages. */
function apiSidebar(): DefaultTheme.SidebarItem[] {
  const file = new URL('../api/typedoc-sidebar.json', import.meta.url);
  // typedoc-vitepress-theme writes vitepress's own format.
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as DefaultTheme.SidebarItem[]) : [];
}
