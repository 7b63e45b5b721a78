/** A server that answers when it is told to: whoever asks it is a message to the process that started it. */
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { receive, self, send } from 'coppice';

/** A question that waits for its answer. */
export interface Asked {
  readonly type: 'asked';
  readonly item: string;
  readonly response: ServerResponse;
}

/** Starts it, on any port. */
export async function start(): Promise<Server> {
  const me = self<Asked>();
  const server = createServer(({ url = '/' }, response) =>
    send(me, { type: 'asked', item: url.slice(1), response }),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

export const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on a port

/** The next question. */
export const asked = (): Promise<Asked> => receive<Asked>();
