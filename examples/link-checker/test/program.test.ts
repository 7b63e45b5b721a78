import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withNode } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { readCommandLine } from '../src/cli.ts';
import { program } from '../src/program.ts';
import { listening } from './listening.ts';

interface Printed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program in a world of its own. */
async function runProgram(...args: string[]): Promise<Printed> {
  const printed = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      printed[name] += text;
    },
  });
  const line = readCommandLine(['node', 'main.ts', ...args]);
  const surroundings = {
    stdout: output('stdout'),
    stderr: output('stderr'),
    interrupt: new AbortController().signal,
  };
  const code = await withNode(() => program(line, surroundings));
  return { code, ...printed };
}

const html =
  (text: string): RequestListener =>
  (_, response) => {
    response.setHeader('content-type', 'text/html').end(text);
  };

/** A site whose start page has this one link; the other paths are up to `rest`. */
const siteWith =
  (href: string, rest: RequestListener): RequestListener =>
  (request, response) => {
    if (request.url === '/') html(`<a href="${href}">x</a>`)(request, response);
    else rest(request, response);
  };

async function runOn(
  listener: RequestListener,
  ...args: string[]
): Promise<Printed & { readonly url: string }> {
  await using server = await listening(listener);
  return { ...(await runProgram(`${server.url}/`, '--rate', '1000', ...args)), url: server.url };
}

describe('program', () => {
  it('reports broken links with file and line, and fails', async () => {
    const root = await mkdtemp(join(tmpdir(), 'link-checker-'));
    await writeFile(
      join(root, 'a.md'),
      '# A\n\n[good](#a)\n[bad](b.md)\n<mailto:a@b.test>\nhttps://x.test\n',
    );
    const { code, stdout } = await runProgram(root);
    await rm(root, { recursive: true });
    expect(stdout).toMatch(/a\.md:4 {2}b\.md {2}404 Not Found\n/);
    expect(stdout).toContain(
      'not checked: 1 with mailto:, 1 on another host (--external checks other hosts)',
    );
    expect(stdout).toMatch(/\n4 links, 1 broken, 0 restarts, 0 retries \(1 pages, [\d.]+ s\)\n$/);
    expect(code).toBe(1);
  });

  it('is content with a site without broken links', async () => {
    const { code, stdout } = await runOn(siteWith('/other#x', html('<p id="x">')));
    expect(stdout).toMatch(/^1 links, 0 broken, /);
    expect(code).toBe(0);
  });

  it('prints JSON for machines, and nothing else', async () => {
    const { stdout, url } = await runOn(
      siteWith('/gone', (_, response) => response.writeHead(410).end()),
      '--json',
    );
    expect(JSON.parse(stdout)).toMatchObject({
      report: {
        links: 1,
        broken: [{ page: `${url}/`, line: 1, href: '/gone', reason: '410 Gone' }],
        complete: true,
      },
    });
  });

  it('shows its supervision tree when asked', async () => {
    const { stdout } = await runOn(html('<p>'), '--tree');
    for (const name of [
      'link_checker',
      'frontier',
      'statistics',
      'crawl',
      'fetches',
      'host_workers',
      'dispatcher',
      'host 127.0.0.1',
    ]) {
      expect(stdout).toContain(name);
    }
  });

  describe('given bad input', () => {
    it.each([
      ['/no/such/folder', '(start)  /no/such/folder  no such file or folder: /no/such/folder'],
      ['http://[::1', '(start)  http://[::1  malformed URL: http://[::1'],
    ])('reports %s', async (target, text) => {
      const { code, stdout } = await runProgram(target);
      expect(stdout).toContain(text);
      expect(code).toBe(1);
    });

    it('reports a host that cannot be reached', async () => {
      const { url } = await (async () => {
        await using closed = await listening(() => {});
        return closed;
      })();
      const { code, stdout } = await runProgram(url, '--attempts', '2');
      expect(stdout).toContain(`(start)  ${url}/  unreachable: connection refused (ECONNREFUSED)`);
      expect(code).toBe(1);
    });

    it('reports a server that never answers', async () => {
      const { stdout } = await runOn(() => {}, '--timeout', '0.05', '--attempts', '1');
      expect(stdout).toContain('no answer within 0.05 s');
    });

    it('notes a target that is no document', async () => {
      const { code, stdout, url } = await runOn((_, response) =>
        response.setHeader('content-type', 'image/png').end('x'),
      );
      expect(stdout).toContain(
        `note: ${url}/ is image/png, neither HTML nor Markdown: it has no links to check`,
      );
      expect(code).toBe(0);
    });

    it('reports redirects in a circle', async () => {
      const circle: RequestListener = (request, response) =>
        response.writeHead(302, { location: request.url === '/a' ? '/b' : '/a' }).end();
      const { stdout, url } = await runOn(siteWith('/a', circle));
      expect(stdout).toContain(`redirects in a circle: ${url}/a → ${url}/b → ${url}/a`);
    });

    it('reports a malformed link', async () => {
      const { stdout, url } = await runOn(siteWith('http://[', html('')));
      expect(stdout).toContain(`${url}/:1  http://[  malformed URL: http://[`);
    });

    it('reads no more of a 100 MB page than it has to', async () => {
      const { code, stdout, url } = await runOn(siteWith('/big#end', hundredMegabytes), '--max-size', '100');
      expect(stdout).toContain(`note: ${url}/big is longer than the limit: only its beginning was read`);
      expect(stdout).toContain('not checked: 1 in the unread rest of a long page');
      expect(code).toBe(0);
    });
  });
});

const hundredMegabytes: RequestListener = (_, response) => {
  const chunk = 'x'.repeat(100_000);
  response.setHeader('content-type', 'text/html');
  let sent = 0;
  const more = () => {
    while (sent < 1_000) {
      sent += 1;
      if (!response.write(chunk)) return void response.once('drain', more);
    }
    response.end('<p id="end">');
  };
  more();
};
