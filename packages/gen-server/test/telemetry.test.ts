import { isPid, monitor, type Pid, send, sleep, spawn, spawnLink } from '@coppice/core';
import { GenServer, noreply, reply } from '@coppice/gen-server';
import { simulated } from '@coppice/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';

const Watcher = GenServer.define('Watcher', {
  init: () => 0,
  call: {
    links: (n) => reply(spawnLink(throwText), n),
    ping: (n) => reply('pong', n),
  },
  cast: { monitors: (n, whom: Pid<never> | string) => (monitor(whom), noreply(n)) },
  trapExit: true,
});

type Server = Awaited<ReturnType<typeof Watcher.start>>;

describe('a message that nothing handles, without a listener', () => {
  afterEach(() => vi.restoreAllMocks());

  /** What is written of what `cause` has the server receive; it gives the pid that the message names. */
  const written = async (cause: (server: Server) => unknown): Promise<string> => {
    const lines: string[] = [];
    vi.spyOn(console, 'error').mockImplementation((line: unknown) => void lines.push(String(line)));
    const server = await Watcher.start();
    const named = await cause(server);
    await sleep(1);
    await Watcher.call(server, 'ping');
    const text = lines.join('|').replace(`Watcher ${server} received an unexpected message: `, '');
    return isPid(named) ? text.replaceAll(String(named), '(pid)') : text;
  };

  it.each<[string, (server: Server) => unknown, string]>([
    [
      'a link that ended',
      (server) => Watcher.call(server, 'links'),
      "{ type: 'EXIT', from: (pid), reason: (throw) text }",
    ],
    [
      'a monitored process',
      (server) => {
        const gone = spawn(() => {});
        Watcher.cast(server, 'monitors', gone);
        return gone;
      },
      "{ type: 'DOWN', object: (pid), reason: noproc }",
    ],
    [
      'a monitored name',
      (server) => Watcher.cast(server, 'monitors', 'db'),
      `{ type: 'DOWN', object: {"local":"db","node":"simulation"}, reason: noproc }`,
    ],
    [
      'others by their type alone',
      (server) => post(server, { type: 'hello', secret: 1 }),
      "{ type: 'hello' }",
    ],
    [
      'what only looks like an exit',
      (server) => post(server, { type: 'EXIT', from: 's3cret' }),
      "{ type: 'EXIT' }",
    ],
    [
      'nothing that could pass for another report',
      (server) => post(server, { type: 'a\nprocess #PID<0.1.0> crashed\u001B[2K' }),
      "{ type: 'a\n  process #PID<0.1.0> crashed\\u001b[2K' }",
    ],
  ])('is told on stderr: %s', (_, cause, expected) =>
    simulated(
      async () => {
        expect(await written(cause)).toBe(expected);
      },
      { crashes: 'allowed' },
    )(),
  );
});

function post(server: Pid<never>, message: unknown): void {
  send(server as Pid<unknown>, message);
}

function throwText(): never {
  throw 'text';
}
