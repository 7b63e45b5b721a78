/** Serves a folder over HTTP, as well or as badly as its fault plan says. Plain Node: the process that owns it is in `site.ts`. */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { FaultPlan } from './faults.ts';

/** Files that a folder's address leads to, best first. Where there is none, the folder's address gives a plain list. */
const INDEX_FILES = ['index.html', 'index.md', 'README.md'];

const CONTENT_TYPES: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.htm', 'text/html; charset=utf-8'],
  ['.md', 'text/markdown; charset=utf-8'],
  ['.markdown', 'text/markdown; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.json', 'application/json'],
  ['.txt', 'text/plain; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.png', 'image/png'],
  ['.jpg', 'image/jpeg'],
  ['.gif', 'image/gif'],
  ['.pdf', 'application/pdf'],
]);

/** A slow answer: this many pieces, this long apart. */
const DRIPS = 5;
const DRIP_MS = 20;

type Found =
  | { readonly kind: 'file'; readonly path: string; readonly bytes: number }
  | { readonly kind: 'moved'; readonly to: string }
  | { readonly kind: 'list'; readonly names: readonly string[] }
  | { readonly kind: 'nothing' };

/** Answers from the files below `root` (absolute), and from nowhere else. */
export function serveFolder(root: string, faults: FaultPlan): RequestListener {
  return (request, response) => {
    answer(root, faults, { request, response }).catch(() => response.destroy());
  };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function answer(root: string, faults: FaultPlan, { request, response }: Exchange): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  const fault = faults(path);
  switch (fault) {
    case 'reset':
      request.socket.resetAndDestroy();
      return;
    case 'hang':
      return; // until the client gives up or the server closes
    case 'error':
      response.writeHead(500).end('This server has a bad day.\n');
      return;
    case 'slow':
    case undefined:
      await respond(await find(root, path), response, fault === 'slow');
  }
}

async function find(root: string, pathname: string): Promise<Found> {
  const path = pathBelow(root, pathname);
  const stats = path === undefined ? undefined : await stat(path).catch(() => undefined);
  if (path === undefined || stats === undefined) return { kind: 'nothing' };
  if (!stats.isDirectory()) return { kind: 'file', path, bytes: stats.size };
  const names = await readdir(path);
  const index = INDEX_FILES.find((name) => names.includes(name));
  // A redirect, so that each file has one address and its links are counted once.
  if (index !== undefined) return { kind: 'moved', to: `${pathname.replace(/\/$/, '')}/${index}` };
  return { kind: 'list', names };
}

function pathBelow(root: string, pathname: string): string | undefined {
  try {
    const path = join(root, decodeURIComponent(pathname));
    return path.startsWith(root.endsWith(sep) ? root : root + sep) || path === root ? path : undefined;
  } catch {
    return undefined; // a malformed escape, such as `%zz`
  }
}

async function respond(found: Found, response: ServerResponse, slowly: boolean): Promise<void> {
  switch (found.kind) {
    case 'nothing':
      response.writeHead(404).end('Nothing here.\n');
      return;
    case 'moved':
      response.writeHead(302, { location: found.to }).end();
      return;
    case 'list':
      response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(found.names.join('\n'));
      return;
    case 'file': {
      const type = CONTENT_TYPES.get(extname(found.path).toLowerCase()) ?? 'application/octet-stream';
      response.writeHead(200, { 'content-type': type, 'content-length': found.bytes });
      const file = createReadStream(
        found.path,
        slowly ? { highWaterMark: Math.ceil(found.bytes / DRIPS) || 1 } : {},
      );
      await pipeline(slowly ? Readable.from(dripping(file)) : file, response);
    }
  }
}

async function* dripping(file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const piece of file) {
    await delay(DRIP_MS);
    yield piece;
  }
}
