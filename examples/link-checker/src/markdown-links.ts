/** Links and anchors of a Markdown document as GitHub shows it: GFM, front matter, inline HTML, an anchor for each heading. */
import GithubSlugger from 'github-slugger';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { frontmatterFromMarkdown } from 'mdast-util-frontmatter';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { toString as textOf } from 'mdast-util-to-string';
import { frontmatter } from 'micromark-extension-frontmatter';
import { gfm } from 'micromark-extension-gfm';
import { visit } from 'unist-util-visit';
import { type DocumentLinks, htmlLinks } from './html-links.ts';
import type { Link } from './link.ts';

/** Reads `markdown`. A `[text][label]` counts once, where `[label]: address` is written. */
export function markdownLinks(markdown: string): DocumentLinks {
  const tree = fromMarkdown(markdown, {
    extensions: [gfm(), frontmatter()],
    mdastExtensions: [gfmFromMarkdown(), frontmatterFromMarkdown()],
  });
  const slugger = new GithubSlugger();
  const links: Link[] = [];
  const anchors: string[] = [];
  visit(tree, (node) => {
    const line = node.position?.start.line ?? 1;
    if (node.type === 'heading') {
      anchors.push(slugger.slug(textOf(node, { includeImageAlt: false, includeHtml: false })));
    } else if (node.type === 'link' || node.type === 'image' || node.type === 'definition') {
      links.push({ href: node.url, line });
    } else if (node.type === 'html') {
      const html = htmlLinks(node.value);
      links.push(...html.links.map((link) => ({ ...link, line: link.line + line - 1 })));
      anchors.push(...html.anchors);
    }
  });
  return { links, anchors };
}
