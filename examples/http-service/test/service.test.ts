/** In real time: sockets are the point. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { onNode } from '@coppice/testing';
import { exit, monitor, own, receive, Supervisor, subscribe, TaskSupervisor, whereis } from 'coppice';
import { describe, expect, it } from 'vitest';
import * as Prices from '../src/prices.ts';
import * as Requests from '../src/request-process.ts';
import * as Upstream from '../src/upstream.ts';
import * as Web from '../src/web.ts';

subscribe('coppice.supervisor.report', () => {}); // else on stderr
subscribe('coppice.process.crash', () => {});

const settings = { port: 0, upstream: '', requestTimeout: 5_000, maxRequests: 1_000 };

/** The service's tree, and how to ask it. */
async function start(given: Partial<typeof settings>) {
  const all = { ...settings, ...given };
  const children = [Prices.childSpec(), Requests.childSpec(all.maxRequests), Web.childSpec(all)];
  const app = await Supervisor.startLink(children, { strategy: 'one_for_one' });
  const url = await Web.url();
  const get = async (item: string) => {
    const response = await fetch(`${url}/price/${item}`);
    return { status: response.status, text: await response.text() };
  };
  return { app, url, get };
}

/** An upstream that answers at once: with the item itself, but for those that begin with `x` with an error. */
async function upstream(): Promise<string> {
  const server = own(
    createServer(({ url = '/' }, response) => {
      const item = url.slice(1);
      if (item.startsWith('x')) response.writeHead(500);
      response.end(item);
    }),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return Upstream.urlOf(server);
}

async function kill(name: string): Promise<void> {
  const pid = whereis(name);
  if (pid === undefined) throw new Error(`${name} is not running`);
  monitor(pid);
  exit(pid, 'kill');
  await receive();
}

describe('the service', () => {
  it(
    'answers all others while some requests crash',
    onNode(
      async () => {
        const { get } = await start({ upstream: await upstream() });
        const items = Array.from({ length: 200 }, (_, index) =>
          index % 10 === 0 ? `x${index}` : `${index}`,
        );
        const answers = await Promise.all(items.map(get));
        const expected = items.map((item) => (item.startsWith('x') ? 500 : 200));
        expect(answers.map(({ status }) => status)).toEqual(expected);
        expect(answers[7]?.text).toBe('{"item":"7","price":7}');
        expect(await TaskSupervisor.children('requests')).toEqual([]);
      },
      { crashes: 'allowed' },
    ),
  );

  it(
    'takes no more than it has room for, and frees the places of requests that time out',
    onNode(async () => {
      const silent = own(await Upstream.start());
      const { get } = await start({ upstream: Upstream.urlOf(silent), requestTimeout: 200, maxRequests: 3 });
      const statuses = async () => {
        const answers = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(get));
        return answers.map(({ status }) => status).toSorted((one, other) => one - other);
      };
      expect(await statuses()).toEqual([503, 503, 504, 504, 504]);
      expect(await statuses()).toEqual([503, 503, 504, 504, 504]);
    }),
  );

  it(
    'kills the request of a client that has gone',
    onNode(async () => {
      const silent = own(await Upstream.start());
      const { url } = await start({ upstream: Upstream.urlOf(silent) });
      const client = new AbortController();
      const gone = fetch(`${url}/price/tea`, { signal: client.signal }).catch((error: Error) => error.name);
      const { response } = await Upstream.asked();
      const [request] = await TaskSupervisor.children('requests');
      if (request === undefined) throw new Error('there is no request');
      monitor(request);
      client.abort();
      expect(await receive()).toMatchObject({ type: 'DOWN', object: request, reason: 'killed' });
      expect(await gone).toBe('AbortError');
      if (!response.closed) await once(response, 'close');
    }),
  );

  it(
    'has its port again when the process that owns the server was killed',
    onNode(async () => {
      const address = await upstream();
      const first = await start({ upstream: address });
      await Supervisor.stop(first.app);
      const { app, url, get } = await start({ upstream: address, port: Number(new URL(first.url).port) });
      await kill('web');
      await Supervisor.countChildren(app); // answers when the restart is done
      expect(await Web.url()).toBe(url);
      expect((await get('7')).status).toBe(200);
    }),
  );

  it(
    'answers 500 to the requests whose supervisor was killed, and goes on',
    onNode(async () => {
      const asked = own(await Upstream.start());
      const { app, get } = await start({ upstream: Upstream.urlOf(asked) });
      const lost = get('tea');
      await Upstream.asked();
      await kill('requests');
      expect((await lost).status).toBe(500);
      await Supervisor.countChildren(app); // answers when the restart is done
      const next = get('tea');
      (await Upstream.asked()).response.end('3');
      expect((await next).status).toBe(200);
    }),
  );

  it(
    'answers what it has taken before it is drained, and takes nothing after',
    onNode(async () => {
      const slow = own(await Upstream.start());
      const { get } = await start({ upstream: Upstream.urlOf(slow) });
      const last = get('tea');
      const { response } = await Upstream.asked();
      const drained = Web.drain();
      response.end('3');
      expect((await last).status).toBe(200);
      await drained;
      await expect(get('tea')).rejects.toThrow('fetch failed');
    }),
  );
});
