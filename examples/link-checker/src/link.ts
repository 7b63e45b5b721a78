/** Links as they are written in a document, and the address that each stands for. */

/** A link as written. */
export interface Link {
  readonly href: string;
  /** Line of the document, from 1. */
  readonly line: number;
}

/** Where a link leads. `fragment` is decoded; it is absent when there is none or when it means the top of the page. */
export type Destination =
  | { readonly kind: 'web'; readonly url: string; readonly fragment?: string }
  | { readonly kind: 'other_scheme'; readonly scheme: string }
  | { readonly kind: 'malformed' };

/** A link together with where it leads. */
export interface ResolvedLink extends Link {
  readonly to: Destination;
}

/** Resolves `href` as a browser would on the page at `base` (absolute). Never throws: what can't be parsed is `'malformed'`. */
export function resolveLink(href: string, base: string): Destination {
  const url = parseUrl(href, base);
  if (url === undefined) return { kind: 'malformed' };
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return { kind: 'other_scheme', scheme: url.protocol.slice(0, -1) };
  }
  const fragment = elementOf(url.hash);
  url.hash = '';
  return { kind: 'web', url: url.href, ...(fragment === '' ? {} : { fragment }) };
}

/** `new URL` without the throw. */
export function parseUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

/** The id that a `#hash` asks for; `''` is the top of the page. `#:~:text=…` asks the browser to search, not for an element. */
function elementOf(hash: string): string {
  const id = decodeLeniently(hash.slice(1).split(':~:')[0] ?? '');
  return id.toLowerCase() === 'top' ? '' : id;
}

function decodeLeniently(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
