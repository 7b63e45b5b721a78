import {
  AlreadyStartedError,
  type Context,
  type Down,
  demonitor,
  exit,
  isDown,
  isExit,
  type Pid,
  processInfo,
  receive,
  self,
  send,
  setLabel,
  sleep,
  spawn,
  spawnLink,
  spawnMonitor,
  subscribe,
  trapExit,
  type Via,
  whereis,
} from '@coppice/core';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

const forever = async (): Promise<void> => sleep('infinity');

describe('spawn', () => {
  it(
    'takes a name, a label, the flag and links with the process, and answers at once [otp-process-031]',
    simulated(async () => {
      const pid = spawn(forever, { name: 'named', label: { shard: 3 }, trapExit: true, link: true });
      expect(whereis('named')).toBe(pid);
      expect(processInfo(pid)).toMatchObject({ label: { shard: 3 }, trapExit: true, links: [self()] });
    }),
  );

  it(
    'takes a body that returns anything, and ends with normal whatever that is',
    simulated(async ({ down }) => {
      const seen = new Set<number>();
      expect(await down(spawn(() => seen.add(1)))).toBe('normal');
      expect(await down(spawn(async () => (await sleep(1), seen.add(2))))).toBe('normal');
      expect([...seen]).toEqual([1, 2]);
    }),
  );

  it(
    'refuses a taken name, and leaves nothing behind',
    simulated(() => {
      const pid = spawn(forever, { name: 'taken' });
      const before = processInfo(self())?.links;
      expect(() => spawn(forever, { name: 'taken', link: true })).toThrow(AlreadyStartedError);
      expect(() => spawn(forever, { name: 'taken' })).toThrow(
        `name "taken" is already taken by process ${pid}`,
      );
      expect(processInfo(self())?.links).toEqual(before);
    }),
  );

  it(
    'tells a trapping parent nothing of a name that is taken, but of a process that lost its name to another one',
    simulated(async () => {
      spawn(forever, { name: 'taken' });
      trapExit(true);
      expect(() => spawn(forever, { name: 'taken', link: true })).toThrow(AlreadyStartedError);
      expect(await receive(isExit, { timeout: 0 })).toBeUndefined();
      const losing: Via = {
        registerName: () => false,
        unregisterName: () => {},
        whereisName: () => undefined,
      };
      expect(() => spawn(forever, { name: { via: losing, key: 1 }, link: true })).toThrow(
        AlreadyStartedError,
      );
      expect(await receive()).toMatchObject({ type: 'EXIT', reason: 'normal' });
      expect(await receive(isExit, { timeout: 0 })).toBeUndefined();
    }),
  );

  it(
    'refuses bad arguments, naming them',
    simulated(() => {
      // @ts-expect-error a body is a function
      expect(() => spawn('body')).toThrow(new TypeError('body must be a function, got "body"'));
      // @ts-expect-error one of three
      expect(() => spawn(forever, { isolation: 'copy' })).toThrow(
        /isolation must be 'share', 'freeze' or 'clone', got "copy"/,
      );
      expect(() => spawn(forever, { mailbox: { limit: 0, onFull: 'exit' } })).toThrow(
        /mailbox.limit must be a whole number from 1, got 0/,
      );
      // @ts-expect-error one of three
      expect(() => spawn(forever, { mailbox: { limit: 1, onFull: 'block' } })).toThrow(
        /mailbox.onFull must be/,
      );
      // @ts-expect-error a limit is an object
      expect(() => spawn(forever, { mailbox: null })).toThrow('mailbox must be { limit, onFull }, got null');
      expect(() => spawn(forever, { name: '' })).toThrow(/name must be a non-empty string/);
    }),
  );

  it(
    'never throws for what the body does',
    simulated(async ({ down, expectCrash }) => {
      expectCrash(/at once/);
      const pid = spawn(() => {
        throw new Error('at once');
      });
      expect(await down(pid)).toEqual(new Error('at once'));
    }),
  );
});

describe('spawnMonitor', () => {
  it(
    'tells of the end, also when that comes at once [otp-process-033]',
    simulated(async () => {
      const { pid, ref } = spawnMonitor(() => exit('over'));
      expect(await receive()).toEqual({ type: 'DOWN', ref, object: pid, reason: 'over' } satisfies Down);
    }),
  );

  it(
    'can be given up at once [otp-process-032] [otp-process-038]',
    simulated(async ({ down }) => {
      const { pid, ref } = spawnMonitor(() => {});
      demonitor(ref);
      await down(pid);
      expect(await receive(isDown, { timeout: 10 })).toBeUndefined();
    }),
  );

  it(
    'says which messages come: only those that were asked for [otp-process-043]',
    simulated(async ({ down }) => {
      trapExit(true);
      const silent = spawn(() => {});
      const linked = spawnLink(() => {});
      const both = spawnMonitor(() => {}, { link: true });
      for (const pid of [silent, linked, both.pid]) await down(pid);
      const messages = processInfo(self())?.messages ?? [];
      expect(messages.filter(isExit).map((message) => message.from)).toEqual([linked, both.pid]);
      expect(messages.filter(isDown).map((message) => message.ref)).toEqual([both.ref]);
    }),
  );

  it(
    'with a link gives the EXIT before the DOWN',
    simulated(async () => {
      trapExit(true);
      spawnMonitor(() => exit('x'), { link: true });
      expect([await receive(), await receive()]).toMatchObject([{ type: 'EXIT' }, { type: 'DOWN' }]);
    }),
  );
});

describe('spawnLink', () => {
  it(
    "tells the parent of the child's end [otp-process-034]",
    simulated(async () => {
      trapExit(true);
      const child = spawnLink(() => exit('over'));
      expect(await receive()).toEqual({ type: 'EXIT', from: child, reason: 'over' });
    }),
  );

  it(
    "ends the child with the parent's reason, compound too [otp-process-035] [otp-process-036]",
    simulated(async ({ down }) => {
      for (const reason of ['gone', { shutdown: { because: ['of', 'this'] } }]) {
        const me = self<Pid<never>>();
        const parent = spawn(async ({ receive }: Context<string>) => {
          send(me, spawnLink(forever));
          await receive();
          exit(reason);
        });
        const child = await receive<Pid<never>>();
        send(parent, 'end');
        expect(await down(child)).toEqual(reason);
      }
    }),
  );
});

describe('a mailbox with a limit', () => {
  const full = (onFull: 'drop_newest' | 'drop_oldest' | 'exit'): Pid<number> =>
    spawn(
      async ({ receive }: Context<number | 'go'>) => {
        const me = await receive((message) => message === 'go');
        setLabel(me);
        await forever();
      },
      { mailbox: { limit: 3, onFull } },
    );

  it.each([
    ['drop_newest', [1, 2, 3]],
    ['drop_oldest', [3, 4, 5]],
  ] as const)('%s keeps %j [semantics 37]', async (onFull, kept) =>
    simulated(() => {
      const target = full(onFull);
      for (const n of [1, 2, 3, 4, 5]) send(target, n);
      expect(processInfo(target)?.messages).toEqual(kept);
    })(),
  );

  it(
    'is told of once, when it is full',
    simulated(() => {
      const told: unknown[] = [];
      const detach = subscribe('coppice.process.mailbox_full', (event) => told.push(event));
      const pid = spawn(forever, { name: 'full', mailbox: { limit: 1, onFull: 'drop_newest' } });
      for (const n of [1, 2, 3]) send(pid as Pid<number>, n);
      detach();
      expect(told).toEqual([{ pid, name: 'full', initialCall: 'forever', limit: 1, onFull: 'drop_newest' }]);
    }),
  );

  it(
    'exit ends the process, and a signal is never dropped [semantics 37]',
    simulated(async ({ down }) => {
      const target = full('exit');
      for (const n of [1, 2, 3]) send(target, n);
      const trapping = spawn(forever, { trapExit: true, mailbox: { limit: 1, onFull: 'drop_newest' } });
      send(trapping as Pid<number>, 1);
      exit(trapping, 'signal');
      expect(processInfo(trapping)?.messages).toEqual([1]);
      await sleep(0);
      expect(processInfo(trapping)?.messages).toHaveLength(2);
      send(target, 4);
      expect(await down(target)).toBe('mailbox_full');
    }),
  );
});

describe('a body that gives a foreign thenable', () => {
  it(
    'ends when that is settled, whoever settles it',
    simulated(async ({ down }) => {
      let settle = (): void => {};
      // oxlint-disable-next-line unicorn/no-thenable -- that is what this is about
      const thenable = { then: (resolve: () => void) => void (settle = resolve) };
      const pid = spawn(() => thenable as unknown as Promise<void>);
      await sleep(1);
      const other = spawn(async () => {
        settle();
        await forever();
      });
      expect(await down(pid)).toBe('normal');
      expect(processInfo(other)?.status).toBe('waiting');
    }),
  );

  it(
    'crashes if its then throws',
    simulated(async ({ down, expectCrash }) => {
      expectCrash();
      const thenable = {
        // oxlint-disable-next-line unicorn/no-thenable -- that is what this is about
        then: () => {
          throw new RangeError('no then');
        },
      };
      expect(await down(spawn(() => thenable as unknown as Promise<void>))).toEqual(
        new RangeError('no then'),
      );
    }),
  );
});

describe('a full mailbox that drops the oldest', () => {
  it(
    'keeps what the runtime told, be it that the new message goes [semantics 37]',
    simulated(async () => {
      const target = spawn(forever, { trapExit: true, mailbox: { limit: 2, onFull: 'drop_oldest' } });
      const messages = () => processInfo(target)?.messages;
      exit(target, 'one');
      await sleep(0);
      for (const n of [1, 2, 3]) send(target as Pid<number>, n);
      expect(messages()).toEqual([{ type: 'EXIT', from: self(), reason: 'one' }, 3]);
      exit(target, 'two');
      await sleep(0);
      send(target as Pid<number>, 4);
      expect(messages()).toMatchObject([{ reason: 'one' }, { reason: 'two' }, 4]);
      const small = spawn(forever, { trapExit: true, mailbox: { limit: 1, onFull: 'drop_oldest' } });
      exit(small, 'one');
      await sleep(0);
      send(small as Pid<number>, 1);
      expect(processInfo(small)?.messages).toMatchObject([{ reason: 'one' }]);
      exit(small, 'kill');
      exit(target, 'kill');
    }),
  );
});
