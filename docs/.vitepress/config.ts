import { defineConfig } from 'vitepress';

export default defineConfig({
  title: 'Coppice',
  description: 'Supervision trees for TypeScript',
  cleanUrls: true,
  // Links that leave the site point into the repository.
  ignoreDeadLinks: [/^\.\.?\/(\.\.\/)*(packages|examples|README|CONTRIBUTING|CHANGELOG|LICENSE)/],
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      { text: 'Guarantees', link: '/semantics' },
      { text: 'Differences from OTP', link: '/otp-differences' },
      { text: 'API', link: '/api/' },
    ],
    sidebar: [
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
    ],
  },
});
