/** The process that owns the HTTP server. When it is restarted, the port is free again. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { type ChildSpec, GenServer, own, reply } from 'coppice';
import { type RouteSettings, routes } from './routes.ts';

export interface WebSettings extends RouteSettings {
  readonly port: number;
}

const Web = GenServer.define('Web', {
  init: async (settings: WebSettings) => {
    const app = routes(settings);
    const listener = getRequestListener(async (request) => {
      const response = await app.fetch(request);
      if (!server.listening) response.headers.set('connection', 'close'); // a client that stayed would hold up the drain
      return response;
    });
    const server = own(createServer((...exchange) => void listener(...exchange)));
    await once(server.listen(settings.port, '127.0.0.1'), 'listening');
    return server;
  },
  call: {
    url: (server) => reply(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, server), // it listens on a port
    drain: async (server: Server) => {
      await new Promise((resolve) => server.close(resolve));
      return reply(undefined, server);
    },
  },
});
const web = Web.name('web');

export const childSpec = (settings: WebSettings): ChildSpec => Web.childSpec(settings, { name: web });

export const url = (): Promise<string> => Web.call(web, 'url');

/** Takes no new connection, and resolves when the last request has been answered. */
export const drain = (): Promise<undefined> => Web.call(web, 'drain', undefined, { timeout: 'infinity' });
