import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Context, createNode, exit, type Pid, put, send, sleep } from '@coppice/core';
import { describe, expect, it } from 'vitest';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void; // what the flag adds to new realms

/** Something that is only reachable through the process that it is given to. */
class Held {
  readonly bytes = new Uint8Array(1_000);
}

/**
 * Runs `code` as a process that holds one thing in its body, one in its dictionary and one in its mailbox, kills it, and tells which are still there when
 * its last code has had its chance to run.
 */
async function whatIsLeft(code: (context: Context<Held>) => Promise<void>): Promise<string[]> {
  const node = createNode();
  const held = new Map<string, WeakRef<Held>>();
  const hold = (name: string): Held => {
    const thing = new Held();
    held.set(name, new WeakRef(thing));
    return thing;
  };
  await node.run(async () => {
    const pid: Pid<Held> = node.spawn(async (context: Context<Held>) => {
      const own = hold('body');
      put('thing', hold('dictionary'));
      await code(context);
      own.bytes.fill(1); // needed until then
    });
    send(pid, hold('mailbox'));
    await sleep(0);
    exit(pid, 'kill');
  });
  // A dead body that loops gets a macrotask for each of its next calls, 15 in all.
  for (let round = 0; round < 40; round += 1) await new Promise((resolve) => setImmediate(resolve));
  collect();
  return [...held].filter(([, thing]) => thing.deref() !== undefined).map(([name]) => name);
}

describe('a process that has exited', () => {
  it('is collected when its body loops and swallows all that stops it', async () => {
    const left = await whatIsLeft(async ({ receive }) => {
      for (;;) await receive((message) => message === undefined).catch(() => {});
    });
    expect(left).toEqual([]);
  });

  it('is collected when its body waits for a promise that nobody will ever settle', async () => {
    expect(await whatIsLeft(() => new Promise<void>(() => {}))).toEqual([]);
  });

  it('leaves no more than its own code when a promise that lives on will resume it', async () => {
    let settle = (): void => {};
    const foreign = new Promise<void>((resolve) => {
      settle = resolve;
    });
    expect(await whatIsLeft(() => foreign)).toEqual(['body']);
    settle();
  });

  it('leaves nothing when a timer of its code lives on', async () => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const left = await whatIsLeft(async () => {
      timer = setTimeout(() => {}, 3_600_000);
      await sleep('infinity');
    });
    clearTimeout(timer);
    expect(left).toEqual([]);
  });

  it('leaves nothing when a socket of its code lives on', async () => {
    const server = createServer().listen(0);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo; // it listens on a port
    let socket = connect(port);
    await once(socket, 'connect');
    socket.destroy();
    const left = await whatIsLeft(async () => {
      socket = connect(port);
      socket.on('data', () => {});
      await sleep('infinity');
    });
    expect(socket.destroyed).toBe(false);
    socket.destroy();
    server.close();
    expect(left).toEqual([]);
  });
});
