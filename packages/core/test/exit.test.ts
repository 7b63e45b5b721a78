import { once } from 'node:events';
import { createServer } from 'node:net';
import {
  abortSignal,
  type Context,
  createNode,
  exit,
  formatExit,
  isDown,
  isExit,
  link,
  monitor,
  onExit,
  own,
  type Pid,
  ProcessExited,
  receive,
  register,
  self,
  send,
  sleep,
  spawn,
  spawnLink,
  spawnMonitor,
  trapExit,
  whereis,
} from '@coppice/core';
import { onNode, simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

async function eventLoopRounds(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await new Promise((resolve) => setImmediate(resolve));
}

const forever = async (): Promise<void> => sleep('infinity');

describe('the turn of an exit', () => {
  it(
    'frees the name, aborts the signal, closes what is owned and tells the hooks before anyone hears of it [semantics 40]',
    simulated(async () => {
      const trace: unknown[] = [];
      const target = spawn(
        async ({ signal, own }) => {
          signal.addEventListener('abort', () => trace.push(['aborted', whereis.name]));
          own(() => trace.push('closed'));
          own({ close: () => trace.push('closed first') });
          await forever();
        },
        { name: 'target' },
      );
      onExit(target, (reason) => trace.push(['hook', reason, whereis('target')]));
      await sleep(0);
      const ref = monitor(target);
      exit(target, 'stop');
      expect(trace).toEqual([]);
      expect(await receive()).toMatchObject({ ref, reason: 'stop' });
      expect(trace).toEqual([['hook', 'stop', undefined], ['aborted', 'whereis'], 'closed first', 'closed']);
    }),
  );

  it(
    'lets a restarted process bind the same port',
    onNode(async () => {
      const serve = (port: number, report: Pid<number>): Pid<never> =>
        spawnLink(async ({ own }) => {
          const server = own(createServer());
          server.listen(port, '127.0.0.1');
          await once(server, 'listening');
          const address = server.address();
          send(report, typeof address === 'object' && address !== null ? address.port : 0);
          await forever();
        });
      trapExit(true);
      let pid = serve(0, self<number>());
      const port = await receive<number>();
      for (let round = 0; round < 5; round += 1) {
        exit(pid, 'kill');
        expect(await receive(isExit)).toMatchObject({ from: pid, reason: 'killed' });
        pid = serve(port, self<number>());
        expect(await receive()).toBe(port);
      }
    }),
  );

  it(
    'refuses a resource that cannot be closed, and survives one that fails to close',
    simulated(async ({ down }) => {
      expect(() => own({ name: 'no way to close' })).toThrow(/resource must be a function or have close/);
      const pid = spawn(async ({ own }) => {
        own(() => {
          throw new Error('stuck');
        });
        await forever();
      });
      await sleep(0);
      exit(pid, 'stop');
      expect(await down(pid)).toBe('stop');
    }),
  );

  it(
    'tells a hook on a dead process at once, and one that was taken back never',
    simulated(async ({ down }) => {
      const told: unknown[] = [];
      const pid = spawn(() => exit('gone'));
      const detach = onExit(pid, () => told.push('never'));
      detach();
      await down(pid);
      onExit(pid, (reason) => told.push(reason));
      expect(told).toEqual(['noproc']);
    }),
  );
});

describe('the code of a dead process', () => {
  it(
    'stops at its next call of the runtime, after its finally blocks [semantics 41]',
    simulated(async ({ down }) => {
      const trace: unknown[] = [];
      const pid = spawn(async ({ receive }: Context<string>) => {
        try {
          await receive();
          trace.push('received');
        } catch (error) {
          trace.push(error instanceof ProcessExited && error.reason);
          throw error;
        } finally {
          await sleep(5).catch((error: unknown) => trace.push(error instanceof ProcessExited));
          try {
            send(self<string>(), 'x');
          } catch (error) {
            trace.push(error instanceof ProcessExited);
          }
          trace.push('cleaned up');
        }
      });
      await sleep(1);
      exit(pid, 'stop');
      expect(await down(pid)).toBe('stop');
      await sleep(1);
      expect(trace).toEqual(['stop', true, true, 'cleaned up']);
    }),
  );

  it(
    'discards what it returns or throws afterwards [semantics 41]',
    simulated(async ({ down }) => {
      let release = (): void => {};
      const foreign = new Promise<void>((resolve) => {
        release = resolve;
      });
      const pid = spawn(async () => {
        await foreign;
        throw new Error('nobody hears this');
      });
      await sleep(0);
      exit(pid, 'stop');
      expect(await down(pid)).toBe('stop');
      release();
      await sleep(0);
    }),
  );

  it(
    'that catches everything and loops leaves the event loop free [semantics 42]',
    onNode(
      async ({ down }) => {
        let rounds = 0;
        const pid = spawn(async ({ receive }: Context<string>) => {
          for (;;) {
            try {
              await receive();
            } catch {
              rounds += 1;
            }
          }
        });
        await sleep(1);
        exit(pid, 'kill');
        await down(pid);
        await eventLoopRounds(40); // each rejection takes one, and there are 15
        const before = rounds;
        await eventLoopRounds(40);
        expect(rounds).toBe(before);
        expect(rounds).toBeLessThanOrEqual(16);
      },
      { lingering: 'allowed' },
    ),
  );

  it(
    'leaves no unhandled rejection of a promise of the runtime [semantics 43]',
    onNode(async ({ down }) => {
      const unhandled: unknown[] = [];
      const listen = (error: unknown): void => void unhandled.push(error);
      process.on('unhandledRejection', listen);
      try {
        const pid = spawn(async () => {
          void receive();
          void sleep(50);
          void sleep('infinity');
          await forever();
        });
        await sleep(1);
        exit(pid, 'kill');
        await down(pid);
        void sleep(-1);
        await sleep(5);
      } finally {
        process.off('unhandledRejection', listen);
      }
      expect(unhandled).toEqual([]);
    }),
  );

  it(
    'sees its signal aborted, whenever it asks',
    simulated(async ({ down }) => {
      const seen: unknown[] = [];
      const pid = spawn(async ({ signal }) => {
        seen.push(signal === abortSignal());
        await forever().finally(() => seen.push(signal.aborted, signal.reason instanceof ProcessExited));
      });
      await sleep(0);
      exit(pid, 'x');
      await down(pid);
      await sleep(0);
      expect(seen).toEqual([true, true, true]);
    }),
  );
});

describe('a chain of links', () => {
  it('of 100,000 processes ends without a deep stack [semantics 27]', async () => {
    const node = createNode();
    const reason = await node.run(async () => {
      const first = spawn(forever);
      let last: Pid<never> = first;
      for (let n = 0; n < 100_000; n += 1) {
        const next = last;
        last = spawn(async () => {
          link(next);
          await forever();
        });
      }
      monitor(last);
      const me = self<string>();
      spawn(() => send(me, 'all have started')); // the run queue is first-in first-out
      await receive();
      exit(first, 'broken');
      return (await receive(isDown)).reason;
    });
    expect(reason).toBe('broken');
    await new Promise((resolve) => setImmediate(resolve)); // their code stops behind the exits
    expect(node.statistics()).toMatchObject({ processes: 1, lingering: 0, timers: 0 });
  });
});

describe('who is linked and monitors', () => {
  it(
    'gets the EXIT before the DOWN',
    simulated(async () => {
      trapExit(true);
      const { pid, ref } = spawnMonitor(forever, { link: true });
      exit(pid, 'x');
      expect([await receive(), await receive()]).toEqual([
        { type: 'EXIT', from: pid, reason: 'x' },
        { type: 'DOWN', ref, object: pid, reason: 'x' },
      ]);
    }),
  );
});

describe('an exit while the code goes on', () => {
  it(
    'closes what that owns afterwards, at once',
    simulated(async ({ down }) => {
      const closed: string[] = [];
      const errors: unknown[] = [];
      let connected = (): void => {};
      const connecting = new Promise<void>((resolve) => {
        connected = resolve;
      });
      const pid = spawn(async (context) => {
        await connecting;
        for (const tie of [context.own, own])
          try {
            tie(() => closed.push(tie === own ? 'own' : 'context.own'));
          } catch (error) {
            errors.push(error);
          }
      });
      await sleep(0);
      exit(pid, 'kill');
      await down(pid);
      connected();
      await eventLoopRounds(1);
      expect(closed).toEqual(['context.own', 'own']);
      expect(errors).toEqual([expect.any(ProcessExited), expect.any(ProcessExited)]);
    }),
  );

  it(
    'gives no name to a process in the turn of its exit',
    simulated(async ({ down }) => {
      const pid = spawn(forever);
      let refusal: unknown;
      onExit(pid, () => {
        try {
          register(pid, 'late');
        } catch (error) {
          refusal = error;
        }
      });
      exit(pid, 'kill');
      await down(pid);
      expect(refusal).toEqual(new TypeError(`cannot register "late": process ${pid} is dead`));
      expect(whereis('late')).toBeUndefined();
    }),
  );
});

describe('a reason that cannot be looked at', () => {
  const revoked = (): object => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  };

  it(
    'ends the process all the same, and those that are linked to it',
    simulated(async ({ expectCrash }) => {
      expectCrash();
      const thrown = revoked();
      spawnMonitor(async () => {
        spawnLink(() => {
          throw thrown;
        });
        await forever();
      });
      const crash = await receive(isDown);
      expect((crash.reason as { nocatch: unknown }).nocatch === thrown).toBe(true);
      const { pid } = spawnMonitor(forever);
      const reason = revoked();
      exit(pid, reason);
      expect((await receive(isDown)).reason === reason).toBe(true);
    }),
  );

  it('is told in some words', () => {
    const stack = (): never => {
      throw new RangeError('no stack');
    };
    const error = Object.defineProperty(new Error('unreadable'), 'stack', { get: stack });
    expect([formatExit(revoked()), formatExit([revoked()]), formatExit(error)]).toEqual([
      '[unreadable]',
      'an array of 1',
      'Error: unreadable',
    ]);
  });
});
