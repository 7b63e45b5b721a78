/** One HTTP exchange, judged. Redirects are not followed: where they lead is work of its own, perhaps for another host's worker. */
import type { ReadableStream } from 'node:stream/web';
import { TextDecoder } from 'node:util';
import { type DocumentLinks, htmlLinks } from './html-links.ts';
import { parseUrl, type ResolvedLink, resolveLink } from './link.ts';
import { markdownLinks } from './markdown-links.ts';

/** What to fetch. `read` wants the links of a page, `probe` only whether something is there. */
export interface Target {
  readonly url: string;
  readonly want: 'read' | 'probe';
}

/** An HTML or Markdown document. */
export interface Page {
  readonly kind: 'page';
  readonly links: readonly ResolvedLink[];
  readonly anchors: readonly string[];
  /** Longer than the limit: links and anchors after it are unknown. */
  readonly cut: boolean;
}
/** Something that is there and has no links that we read. */
export interface Resource {
  readonly kind: 'resource';
  readonly contentType: string;
}
export interface Redirect {
  readonly kind: 'redirect';
  readonly url: string;
}
/** A final no: asking again would not help. */
export interface Refused {
  readonly kind: 'refused';
  readonly reason: string;
}
/** No usable answer, perhaps only this time. */
export interface Failed {
  readonly kind: 'failed';
  readonly reason: string;
  /** Whether the server said so itself, by a status. */
  readonly answered: boolean;
}
/** What the target turned out to be. */
export type Finding = Page | Resource | Redirect | Refused | Failed;

/** A finding and what it cost. */
export interface Fetched {
  readonly finding: Finding;
  readonly bytes: number;
}

export interface FetchOptions {
  /** Ends the exchange and closes its socket. */
  readonly signal: AbortSignal;
  /** Bytes of a page that are read; the rest is left unread. */
  readonly maxBytes: number;
}

const HEADERS = {
  accept: 'text/html, text/markdown;q=0.9, */*;q=0.5',
  'user-agent': 'coppice-link-checker',
};

/** Fetches `target`. What the network does wrong is a finding, never a throw; only a programming error throws. */
export async function fetchTarget(target: Target, options: FetchOptions): Promise<Fetched> {
  try {
    const response = await request(target, options.signal);
    return await judge(target, response, options.maxBytes);
  } catch (error) {
    return { finding: { kind: 'failed', reason: networkReason(error), answered: false }, bytes: 0 };
  }
}

async function request({ url, want }: Target, signal: AbortSignal): Promise<Response> {
  const init = { headers: HEADERS, redirect: 'manual', signal } as const;
  if (want === 'read') return fetch(url, init);
  const head = await fetch(url, { ...init, method: 'HEAD' });
  // Many servers answer HEAD wrongly, so only a good answer counts.
  return head.status < 400 ? head : fetch(url, init);
}

async function judge(target: Target, response: Response, maxBytes: number): Promise<Fetched> {
  const parse = target.want === 'read' && response.ok ? parserFor(contentTypeOf(response)) : undefined;
  if (parse === undefined) {
    await response.body?.cancel();
    return { finding: withoutBody(target, response), bytes: 0 };
  }
  const { text, bytes, cut } = await readText(response, maxBytes);
  const { links, anchors, base } = parse(text);
  const from = (base === undefined ? undefined : parseUrl(base, target.url)?.href) ?? target.url;
  const resolved = links.map((link) => ({ ...link, to: resolveLink(link.href, from) }));
  return { finding: { kind: 'page', links: resolved, anchors, cut }, bytes };
}

function withoutBody({ url }: Target, response: Response): Finding {
  const { status, ok } = response;
  const reason = `${status} ${response.statusText}`.trim();
  if (ok) return { kind: 'resource', contentType: contentTypeOf(response) };
  if (status === 408 || status === 429 || status >= 500) return { kind: 'failed', reason, answered: true };
  const location = response.headers.get('location');
  if (status < 300 || status >= 400 || location === null) return { kind: 'refused', reason };
  const to = resolveLink(location, url);
  return to.kind === 'web'
    ? { kind: 'redirect', url: to.url }
    : { kind: 'refused', reason: `${reason} to ${location}, which is no web address` };
}

function contentTypeOf(response: Response): string {
  return (response.headers.get('content-type') ?? 'unknown type').split(';')[0]?.trim().toLowerCase() ?? '';
}

function parserFor(contentType: string): ((text: string) => DocumentLinks) | undefined {
  switch (contentType) {
    case 'text/html':
    case 'application/xhtml+xml':
      return htmlLinks;
    case 'text/markdown':
    case 'text/x-markdown':
      return markdownLinks;
    default:
      return undefined;
  }
}

async function readText(response: Response, maxBytes: number) {
  const decoder = decoderFor(response.headers.get('content-type') ?? '');
  const body: ReadableStream<Uint8Array> | null = response.body;
  const reader = body?.getReader();
  let text = '';
  let bytes = 0;
  for (;;) {
    const part = await reader?.read();
    if (part?.value === undefined) return { text: text + decoder.decode(), bytes, cut: false };
    const room = maxBytes - bytes;
    bytes += Math.min(part.value.length, room);
    text += decoder.decode(part.value.subarray(0, room), { stream: true });
    if (part.value.length > room) {
      await reader?.cancel();
      return { text, bytes, cut: true };
    }
  }
}

function decoderFor(contentType: string): TextDecoder {
  const charset = /charset="?([^\s;"]+)/i.exec(contentType)?.[1];
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder();
  }
}

/** `fetch` hides what happened in the chain of causes. */
function networkReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (code !== undefined && REASONS.has(code)) return `${REASONS.get(code)} (${code})`;
  return error.cause === undefined ? error.message : networkReason(error.cause);
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'unreachable: connection refused'],
  ['ECONNRESET', 'connection broken off'],
  ['EPIPE', 'connection broken off'],
  ['UND_ERR_SOCKET', 'connection broken off'],
  ['ENOTFOUND', 'unreachable: no such host'],
  ['EAI_AGAIN', 'unreachable: no such host'],
  ['EHOSTUNREACH', 'unreachable: no route to the host'],
  ['ENETUNREACH', 'unreachable: no network'],
  ['ETIMEDOUT', 'unreachable: connection timed out'],
  ['UND_ERR_CONNECT_TIMEOUT', 'unreachable: connection timed out'],
  ['UND_ERR_HEADERS_TIMEOUT', 'timed out'],
  ['UND_ERR_BODY_TIMEOUT', 'timed out'],
]);
