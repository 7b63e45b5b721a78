import { existsSync, readFileSync } from 'node:fs';
import { type DefaultTheme, defineConfig } from 'vitepress';

const semantics: DefaultTheme.SidebarItem[] = [
  {
    text: 'Semantics',
    items: [
      { text: 'Guarantees', link: '/semantics' },
      { text: 'Differences from OTP', link: '/otp-differences' },
    ],
  },
  {
    text: 'Decisions',
    items: [
      { text: 'One core, many behaviours', link: '/decisions/0001-one-core-many-behaviours' },
      { text: 'Everything runs from source', link: '/decisions/0002-run-from-source' },
    ],
  },
];

export default defineConfig({
  title: 'Coppice',
  description: 'Supervision trees for TypeScript',
  cleanUrls: true,
  srcExclude: ['test/**'],
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      { text: 'Guarantees', link: '/semantics' },
      { text: 'Differences from OTP', link: '/otp-differences' },
      { text: 'API', link: '/api/' },
    ],
    sidebar: { '/api/': apiSidebar(), '/': semantics },
  },
});

/** What typedoc wrote beside the API pages. */
function apiSidebar(): DefaultTheme.SidebarItem[] {
  const file = new URL('../api/typedoc-sidebar.json', import.meta.url);
  // typedoc-vitepress-theme writes vitepress's own format.
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as DefaultTheme.SidebarItem[]) : [];
}
