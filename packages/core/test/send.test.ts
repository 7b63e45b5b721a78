import {
  alias,
  type Context,
  type Dest,
  type Exit,
  ExitError,
  exit,
  isExit,
  link,
  makeRef,
  monitor,
  type Pid,
  receive,
  self,
  send,
  sleep,
  spawn,
  spawnLink,
  spawnMonitor,
  subscribe,
  trapExit,
} from '@coppice/core';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

const forever = async (): Promise<void> => sleep('infinity');

/** Reports each message that it gets, as it traps exits. */
const trapping = (report: Pid<unknown>): Pid<never> =>
  spawn(
    async ({ receive }: Context<Exit>) => {
      for (;;) send(report, await receive());
    },
    { trapExit: true },
  );

describe('send', () => {
  it(
    'keeps the order from one sender, messages and exit signals alike [semantics 31] [otp-signal-001]',
    simulated(async () => {
      const me = self<unknown>();
      const target = trapping(me);
      const numbered = target as Pid<number>;
      for (let n = 0; n < 300; n += 1) {
        if (n % 3 === 0) exit(target, n);
        else send(numbered, n);
      }
      for (let n = 0; n < 300; n += 1) {
        const message = await receive();
        expect(isExit(message) ? message.reason : message).toBe(n);
      }
    }),
  );

  it(
    'and spawn return before the other process runs [semantics 32] [semantics 24]',
    simulated(async ({ down }) => {
      const trace: string[] = [];
      const child = spawnLink(async ({ receive }: Context<string>) => {
        trace.push('child starts');
        await receive();
        trace.push('child received');
        await forever();
      });
      trapExit(true);
      trace.push('spawned');
      await sleep(0);
      send(child, 'go');
      trace.push('sent');
      await sleep(0);
      exit(child, 'enough');
      trace.push('signalled, and goes on');
      expect(await down(child)).toBe('enough');
      expect(trace).toEqual(['spawned', 'child starts', 'sent', 'child received', 'signalled, and goes on']);
    }),
  );

  it(
    'to a dead process does nothing, to an unknown name throws [semantics 8]',
    simulated(async ({ down }) => {
      const dead = spawn(async ({ receive }: Context<string>) => {
        await receive({ timeout: 0 } as never, { timeout: 0 });
      });
      await down(dead);
      send(dead, 'nobody hears this');
      expect(() => send('nobody', 'hello')).toThrow(new TypeError('no process has the name "nobody"'));
      expect(() => send({ local: 'nobody', node: dead.node }, 'hello')).not.toThrow();
    }),
  );

  it(
    'refuses a message that await would unwrap [semantics 35]',
    simulated(() => {
      const target: Pid<unknown> = spawn<unknown>(forever);
      expect(() => send(target, Promise.resolve(1))).toThrow(/must not have a then method/);
      // oxlint-disable-next-line unicorn/no-thenable -- that is the point
      expect(() => send(target, { then: () => {} })).toThrow(TypeError);
    }),
  );

  it(
    'tells of a message that nobody will receive',
    simulated(async ({ down }) => {
      const letters: unknown[] = [];
      const detach = subscribe('coppice.dead_letter', (letter) => letters.push(letter));
      const dead: Pid<unknown> = spawn<unknown>(() => {});
      await down(dead);
      send(dead, 'lost');
      detach();
      expect(letters).toEqual([{ to: dead, message: 'lost' }]);
    }),
  );

  it(
    'to a reference that is no alias does nothing: an alias that has ended looks the same',
    simulated(() => {
      expect(() => send(makeRef() as never, 'dropped')).not.toThrow();
    }),
  );

  it(
    'refuses what is no destination',
    simulated(() => {
      // @ts-expect-error a number is no destination
      expect(() => send(5, 'hello')).toThrow(/address must be a pid, .* got 5/);
    }),
  );
});

describe('exit(reason)', () => {
  it(
    'ends the caller with that reason, and narrows',
    simulated(async () => {
      const look = (value: string | undefined): string => {
        if (value === undefined) exit('nothing there');
        return value;
      };
      const { ref } = spawnMonitor(() => {
        look(undefined);
      });
      expect(await receive()).toMatchObject({ ref, reason: 'nothing there' });
    }),
  );

  it(
    'can be caught in the process',
    simulated(async () => {
      const { ref } = spawnMonitor(() => {
        try {
          exit('first');
        } catch (error) {
          exit(['caught', error instanceof ExitError && error.reason]);
        }
      });
      expect(await receive()).toMatchObject({ ref, reason: ['caught', 'first'] });
    }),
  );

  it(
    'is the reason itself for an uncaught ExitError, and for one with a call the error [semantics 39]',
    simulated(async ({ expectCrash }) => {
      expectCrash(ExitError);
      const plain = spawnMonitor(() => {
        throw new ExitError('plain');
      });
      expect(await receive()).toMatchObject({ ref: plain.ref, reason: 'plain' });
      const failedCall = new ExitError('normal', { module: 'Server', function: 'call', args: ['read'] });
      const called = spawnMonitor(() => {
        throw failedCall;
      });
      expect(await receive()).toMatchObject({ ref: called.ref, reason: failedCall });
      expect(failedCall.message).toBe('exited: normal in Server.call(read)');
    }),
  );

  it(
    'of a throw is the error, and of another value { nocatch } [semantics 38] [otp-process-009]',
    simulated(
      async () => {
        const boom = new Error('boom');
        const reasons: unknown[] = [];
        const bodies = [
          () => {
            throw boom;
          },
          () => {
            throw 'a string';
          },
          async () => {
            throw boom;
          },
          () => {},
          () => (undefined as unknown as () => void)(),
        ];
        for (const body of bodies) {
          const { ref } = spawnMonitor(body);
          reasons.push((await receive((message): message is { reason: unknown } => message !== ref)).reason);
        }
        expect(reasons).toEqual([boom, { nocatch: 'a string' }, boom, 'normal', expect.any(TypeError)]);
      },
      { crashes: 'allowed' },
    ),
  );
});

describe('exit(pid, reason)', () => {
  it(
    'normal is ignored by others that do not trap [semantics 3] [process-013] [otp-process-024]',
    simulated(async () => {
      const target = spawn(async ({ receive }: Context<Pid<string>>) => send(await receive(), 'alive'));
      exit(target, 'normal');
      send(target, self<string>());
      expect(await receive()).toBe('alive');
      const trapper = trapping(self<unknown>());
      exit(trapper, 'normal');
      expect(await receive()).toEqual({ type: 'EXIT', from: self(), reason: 'normal' });
    }),
  );

  it(
    'ends another that does not trap, and is a message to one that does, also with big data [otp-process-023]',
    simulated(async ({ down }) => {
      const big = { data: 'x'.repeat(100_000) };
      const target = spawn(forever);
      exit(target, big);
      expect(await down(target)).toEqual(big);
      exit(trapping(self<unknown>()), big);
      expect(await receive()).toEqual({ type: 'EXIT', from: self(), reason: big });
    }),
  );

  it(
    'to oneself takes effect at once, also normal, and cannot be caught [process-014] [otp-process-025] [otp-process-026] [otp-process-027] [otp-process-028]',
    simulated(async () => {
      for (const reason of ['normal', 'abnormal']) {
        const trace: string[] = [];
        const { ref } = spawnMonitor(() => {
          try {
            exit(self(), reason);
            trace.push('goes on');
          } catch {
            exit('caught');
          }
        });
        expect(await receive()).toMatchObject({ ref, reason });
        expect(trace).toEqual([]);
      }
    }),
  );

  it(
    'to oneself is a message when trapping, normal too, but kill is not',
    simulated(async () => {
      trapExit(true);
      exit(self(), 'normal');
      expect(await receive()).toEqual({ type: 'EXIT', from: self(), reason: 'normal' });
      const { ref } = spawnMonitor(() => exit(self(), 'kill'), { trapExit: true });
      expect(await receive()).toMatchObject({ ref, reason: 'killed' });
    }),
  );

  it(
    'ends a process that waits with a timeout [otp-process-029]',
    simulated(async ({ down, now }) => {
      const waiting = spawn(async ({ receive }: Context<string>) => {
        await receive(undefined, { timeout: 10_000 });
      });
      await sleep(5);
      exit(waiting, 'enough');
      expect(await down(waiting)).toBe('enough');
      expect(now()).toBe(5);
    }),
  );

  it(
    'counts once: the second has no effect [otp-process-030]',
    simulated(async ({ down }) => {
      const target = spawn(forever);
      exit(target, 'first');
      exit(target, 'second');
      expect(await down(target)).toBe('first');
    }),
  );

  it(
    'kill becomes killed for links and monitors, along chains [semantics 4] [otp-signal-002]',
    simulated(async ({ down }) => {
      const me = self<unknown>();
      const last = spawn(forever);
      const middle = spawn(async () => {
        link(last);
        await forever();
      });
      await sleep(0);
      const watcher = spawn(
        async ({ receive }: Context<Exit>) => {
          link(middle);
          send(me, await receive());
        },
        { trapExit: true },
      );
      await sleep(0);
      const ref = monitor(middle);
      exit(middle, 'kill');
      expect(await receive((message): message is object => typeof message === 'object')).toBeDefined();
      await down(watcher);
      expect(await down(last)).toBe('killed');
      expect(ref).toBeDefined();
    }),
  );

  it(
    'kill sent by exit(reason) of a linked process can be trapped [semantics 4]',
    simulated(async () => {
      trapExit(true);
      const child = spawnLink(() => exit('kill'));
      expect(await receive()).toEqual({ type: 'EXIT', from: child, reason: 'kill' });
      const other = spawnMonitor(async () => {
        spawnLink(() => exit('kill'));
        await forever();
      });
      expect(await receive()).toMatchObject({ ref: other.ref, reason: 'kill' });
    }),
  );

  it(
    'refuses what is no pid',
    simulated(() => {
      // @ts-expect-error exit signals are sent to pids
      expect(() => exit('name', 'x')).toThrow(new TypeError('pid must be a pid, got "name"'));
    }),
  );
});

describe('an alias of oneself', () => {
  it(
    'keeps the order with what is sent to the pid, while signals wait',
    simulated(async () => {
      exit(spawn(forever), 'shutdown');
      send(alias() as Dest<number>, 1);
      send(self<number>(), 2);
      expect([await receive(), await receive()]).toEqual([1, 2]);
    }),
  );
});
