/** Links and anchors of an HTML document, or of the HTML inside a Markdown document. */
import { Parser } from 'htmlparser2';
import type { Link } from './link.ts';

/** What a document says about links. */
export interface DocumentLinks {
  readonly links: readonly Link[];
  /** Ids that a `#fragment` may name. */
  readonly anchors: readonly string[];
  /** `href` of the first `<base>`: links are relative to it. */
  readonly base?: string;
}

/** Attributes that hold an address, by element. */
const ADDRESSES: ReadonlyMap<string, readonly string[]> = new Map([
  ['a', ['href']],
  ['area', ['href']],
  ['audio', ['src']],
  ['embed', ['src']],
  ['iframe', ['src']],
  ['img', ['src']],
  ['input', ['src']],
  ['link', ['href']],
  ['object', ['data']],
  ['script', ['src']],
  ['source', ['src']],
  ['track', ['src']],
  ['video', ['src', 'poster']],
]);

/** `<link rel>`s that name a host to connect to, not a document. */
const HOST_HINTS: ReadonlySet<string> = new Set(['preconnect', 'dns-prefetch']);

/** Reads `html`, however broken it is, as a browser would. */
export function htmlLinks(html: string): DocumentLinks {
  const lineAt = lineCounter(html);
  const links: Link[] = [];
  const anchors: string[] = [];
  let base: string | undefined;
  const parser = new Parser({
    onopentag(element, attributes) {
      if (attributes.id) anchors.push(attributes.id);
      if (element === 'a' && attributes.name) anchors.push(attributes.name);
      if (element === 'base') base ??= attributes.href;
      const line = lineAt(parser.startIndex);
      for (const href of addresses(element, attributes)) links.push({ href, line });
    },
  });
  parser.end(html);
  return { links, anchors, ...(base === undefined ? {} : { base }) };
}

function addresses(element: string, attributes: Readonly<Record<string, string>>): string[] {
  if (element === 'link' && HOST_HINTS.has(attributes.rel?.toLowerCase() ?? '')) return [];
  const plain = (ADDRESSES.get(element) ?? []).flatMap((attribute) => attributes[attribute] ?? []);
  const sets = element === 'img' || element === 'source' ? sourceSet(attributes.srcset ?? '') : [];
  return [...plain, ...sets].map((href) => href.trim());
}

/** The addresses of `a.png 1x, b.png 2x`. An address may hold commas, but not begin or end with one. */
function sourceSet(text: string): string[] {
  return [...text.matchAll(/([^\s,]\S*[^\s,]|[^\s,])(?:\s+[^\s,]+)?\s*(?:,|$)/g)].flatMap(
    ([, href]) => href ?? [],
  );
}

/** Turns rising offsets into lines, in one pass over the text. */
function lineCounter(text: string): (offset: number) => number {
  let line = 1;
  let position = 0;
  return (offset) => {
    for (; position < offset; position += 1) if (text[position] === '\n') line += 1;
    return line;
  };
}
