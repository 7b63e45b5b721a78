import type { RequestListener } from 'node:http';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type Finding, fetchTarget, type Target } from '../src/fetcher.ts';
import { listening } from './listening.ts';

const signal = new AbortController().signal;

async function find(
  listener: RequestListener,
  want: Target['want'] = 'read',
  maxBytes = 10_000,
): Promise<Finding> {
  await using server = await listening(listener);
  const { finding } = await fetchTarget({ url: `${server.url}/dir/page`, want }, { signal, maxBytes });
  return finding;
}

describe('fetchTarget', () => {
  it('reads the links and anchors of HTML, relative to its base', async () => {
    const finding = await find((_, response) =>
      response
        .setHeader('content-type', 'text/html; charset=utf-8')
        .end('<base href="/other/"><h1 id="top-part">x</h1>\n<a href="a.html#b">a</a>'),
    );
    expect(finding).toMatchObject({
      kind: 'page',
      anchors: ['top-part'],
      cut: false,
      links: [{ href: 'a.html#b', line: 2, to: { kind: 'web', fragment: 'b' } }],
    });
    expect(JSON.stringify(finding)).toMatch(/127\.0\.0\.1:\d+\/other\/a\.html"/);
  });

  it('reads Markdown', async () => {
    const finding = await find((_, response) =>
      response.setHeader('content-type', 'text/markdown').end('# A b\n[x](y.md)'),
    );
    expect(finding).toMatchObject({ kind: 'page', anchors: ['a-b'], links: [{ href: 'y.md', line: 2 }] });
  });

  it('decodes the charset that the server names, and copes with one that does not exist', async () => {
    const html = Buffer.from('<a href="gr\u00fcn">x</a>', 'latin1');
    for (const [charset, href] of [
      ['iso-8859-1', 'grün'],
      ['no-such-charset', 'gr\ufffdn'],
    ]) {
      const finding = await find((_, response) =>
        response.setHeader('content-type', `text/html; charset=${charset}`).end(html),
      );
      expect(finding).toMatchObject({ links: [{ href }] });
    }
  });

  it('takes anything else for a resource, without its body', async () => {
    const finding = await find((_, response) => {
      response.setHeader('content-type', 'image/png');
      response.write('begins but never ends');
    });
    expect(finding).toEqual({ kind: 'resource', contentType: 'image/png' });
  });

  it('stops reading a page at the limit', async () => {
    let sent = 0;
    const finding = await find((_, response) => {
      response.setHeader('content-type', 'text/html');
      response.write('<a href="first">x</a>');
      const more = () => {
        for (let room = true; room && sent < 100_000_000; sent += 65_536)
          room = response.write('x'.repeat(65_536));
      };
      response.on('drain', more);
      more();
    });
    expect(finding).toMatchObject({ kind: 'page', cut: true, links: [{ href: 'first' }] });
    expect(sent).toBeLessThan(20_000_000);
  });

  it('tells where a redirect leads, and that it leads nowhere', async () => {
    const redirect = (location: string) => find((_, response) => response.writeHead(301, { location }).end());
    expect(await redirect('../x#part')).toMatchObject({
      kind: 'redirect',
      url: expect.stringMatching(/\/x$/),
    });
    expect(await redirect('mailto:a@b.test')).toEqual({
      kind: 'refused',
      reason: '301 Moved Permanently to mailto:a@b.test, which is no web address',
    });
    expect(await find((_, response) => response.writeHead(301).end())).toEqual({
      kind: 'refused',
      reason: '301 Moved Permanently',
    });
  });

  it.each([404, 410, 401, 403])('takes %i for final', async (status) => {
    const finding = await find((_, response) => response.writeHead(status).end());
    expect(finding).toMatchObject({ kind: 'refused', reason: expect.stringContaining(`${status} `) });
  });

  it.each([408, 429, 500, 503])('takes %i for a failure that may pass', async (status) => {
    const finding = await find((_, response) => response.writeHead(status).end());
    expect(finding).toMatchObject({
      kind: 'failed',
      answered: true,
      reason: expect.stringContaining(`${status} `),
    });
  });

  it('finds a connection that is broken off before or amid the answer', async () => {
    const failed = {
      kind: 'failed',
      answered: false,
      reason: expect.stringMatching(/^connection broken off/),
    };
    expect(await find((request) => request.socket.resetAndDestroy())).toEqual(failed);
    expect(
      await find((request, response) => {
        response.writeHead(200, { 'content-type': 'text/html', 'content-length': 100 });
        response.write('<a href=x>', () => request.socket.destroy());
      }),
    ).toEqual(failed);
  });

  it('finds a host where nobody listens', async () => {
    const { url } = await (async () => {
      await using closed = await listening(() => {});
      return closed;
    })();
    const { finding } = await fetchTarget({ url, want: 'read' }, { signal, maxBytes: 10 });
    expect(finding).toMatchObject({
      kind: 'failed',
      reason: 'unreachable: connection refused (ECONNREFUSED)',
    });
  });

  it('finds a server that does not speak HTTP', async () => {
    const server = createServer((socket) => void socket.on('error', () => {}).end('220 mail.test ESMTP\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const { finding } = await fetchTarget(
      { url: `http://127.0.0.1:${port}/`, want: 'read' },
      { signal, maxBytes: 10 },
    );
    server.close();
    expect(finding).toMatchObject({ kind: 'failed', answered: false });
  });

  it('ends when its signal aborts', async () => {
    const abort = new AbortController();
    await using server = await listening(() => abort.abort());
    const { finding } = await fetchTarget(
      { url: server.url, want: 'read' },
      { signal: abort.signal, maxBytes: 10 },
    );
    expect(finding).toMatchObject({ kind: 'failed', answered: false });
  });

  it('probes with HEAD, and with GET where HEAD is refused', async () => {
    const methods: unknown[] = [];
    const listener: RequestListener = (request, response) => {
      methods.push(request.method);
      response
        .writeHead(request.method === 'HEAD' ? 405 : 200, { 'content-type': 'text/html' })
        .end('<a href=x>');
    };
    expect(await find(listener, 'probe')).toEqual({ kind: 'resource', contentType: 'text/html' });
    expect(methods).toEqual(['HEAD', 'GET']);
  });
});
