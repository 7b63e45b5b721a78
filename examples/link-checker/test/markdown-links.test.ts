import { describe, expect, it } from 'vitest';
import { markdownLinks } from '../src/markdown-links.ts';

describe('markdownLinks', () => {
  it('finds links, images, definitions and autolinks, with their lines', () => {
    const markdown = [
      '[a](a.md) and ![i](i.png)',
      '',
      'A [reference][r], <https://auto.test/>, www.bare.test',
      '',
      '[r]: r.md "title"',
    ].join('\n');
    expect(markdownLinks(markdown).links).toEqual([
      { href: 'a.md', line: 1 },
      { href: 'i.png', line: 1 },
      { href: 'https://auto.test/', line: 3 },
      { href: 'http://www.bare.test', line: 3 },
      { href: 'r.md', line: 5 },
    ]);
  });

  it('gives headings the anchors that GitHub gives them', () => {
    const markdown = '# Hello, *World*!\n## Twice\n## Twice\n### `code()` & more\n## ![logo](l.png) Grüße';
    expect(markdownLinks(markdown).anchors).toEqual([
      'hello-world',
      'twice',
      'twice-1',
      'code--more',
      '-grüße',
    ]);
  });

  it('reads HTML inside the document, at its line', () => {
    const { links, anchors } = markdownLinks('text\n\n<div>\n<a id="here" href="x.html">x</a>\n</div>\n');
    expect(links).toEqual([{ href: 'x.html', line: 4 }]);
    expect(anchors).toEqual(['here']);
  });

  it('skips code and front matter', () => {
    const markdown = '---\ntitle: "[no](no.md)"\n---\n\n`[no](no.md)`\n\n```md\n[no](no.md)\n# no\n```\n';
    expect(markdownLinks(markdown)).toEqual({ links: [], anchors: [] });
  });
});
