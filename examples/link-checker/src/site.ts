/** The process that serves the folder. Its socket is its own: it closes in the turn in which the process dies, so the successor can bind the same port. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { own } from '@coppice/core';
import { GenServer } from '@coppice/gen-server';
import type { ChildSpec } from '@coppice/supervisor';
import type { FaultPlan } from './faults.ts';
import { serveFolder } from './local-server.ts';

export interface SiteOptions {
  readonly root: string;
  /** On loopback. Fixed, because every address of the run has it. */
  readonly port: number;
  readonly faults: FaultPlan;
}

const Site = GenServer.define('Site', {
  init: async ({ root, port, faults }: SiteOptions) => {
    const server = own(createServer(serveFolder(root, faults)));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return port;
  },
});

export function childSpec(options: SiteOptions): ChildSpec {
  return Site.childSpec(options, { name: 'site' });
}

/** A loopback port that nobody uses at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a server that listens on TCP has such an address
  await new Promise((resolve) => server.close(resolve));
  return port;
}
