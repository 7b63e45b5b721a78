/** The other side: a process that owns a TCP server, and a linked one for each connection. It says every line louder, and nothing to `hang`. */
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { bindSelf, GenServer, own, spawnLink } from 'coppice';

export const Peer = GenServer.define('Peer', {
  init: async (port: number) => {
    const server = own(createServer(bindSelf(serve))); // the listener runs as this process, to which it links
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
    return server;
  },
});

/** Ends with the socket, and the socket with it. */
function serve(socket: Socket): void {
  spawnLink(async () => {
    own(socket);
    const lines = createInterface(socket);
    lines.on('line', (line) => line !== 'hang' && socket.write(`${line.toUpperCase()}\n`));
    lines.on('error', () => {}); // of the socket too: its `close` follows
    await new Promise((resolve) => socket.once('close', resolve));
  });
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  if (typeof address !== 'object' || address === null) throw new Error('no port is free');
  return address.port;
}
