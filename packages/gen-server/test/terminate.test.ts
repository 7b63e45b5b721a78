import {
  ExitError,
  type ExitReason,
  exit,
  isAlive,
  link,
  type Name,
  type Pid,
  self,
  sleep,
  spawn,
  subscribe,
  trapExit,
} from '@coppice/core';
import { GenServer, noreply, reply, stop } from '@coppice/gen-server';
import { simulate } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { makeProbe, type OneWayFn } from './probe.ts';

describe('terminate', () => {
  const boom = new Error('boom');
  const ends: readonly (readonly [string, OneWayFn, ExitReason])[] = [
    ['stop', (n) => stop('done', n), 'done'],
    ['stop normal', (n) => stop('normal', n), 'normal'],
    [
      'a throw',
      () => {
        throw boom;
      },
      boom,
    ],
    [
      'a later throw',
      async () => {
        await sleep(1);
        throw boom;
      },
      boom,
    ],
    ['exit', () => exit('out'), 'out'],
    ['a bad return', () => 'bad' as never, { bad_return_value: 'bad' }],
  ];
  for (const [what, fn, reason] of ends) {
    it(`is called with the reason and the state, then the process ends with it: ${what} [otp-gs-002]`, () =>
      simulate(
        async ({ down }) => {
          const { Probe, log } = makeProbe();
          const server = await Probe.start(() => 'state');
          Probe.cast(server, 'do', fn);
          expect(await down(server)).toEqual(reason);
          expect(log).toEqual([['terminate', reason, 'state']]);
        },
        { crashes: 'allowed' },
      ));
  }

  it('reaches who is linked with the reason, and is reported as a crash [otp-gs-002]', () =>
    simulate(async ({ down, expectCrash }) => {
      const { Probe } = makeProbe();
      const events: unknown[] = [];
      const detach = subscribe('coppice.process.crash', ({ pid, reason, state, lastMessage }) => {
        events.push([pid, reason, state, lastMessage]);
      });
      let server: Awaited<ReturnType<typeof start>> | undefined;
      const start = () => Probe.startLink(() => 'state');
      const owner = spawn(async () => {
        server = await start();
        await sleep('infinity');
      });
      await sleep(1);
      if (server === undefined) throw new Error('not started');
      Probe.cast(server, 'do', () => {
        throw boom;
      });
      expect(await down(owner)).toBe(boom);
      expect(events).toEqual([
        [server, boom, 'state', expect.objectContaining({ type: '$gen_cast', request: 'do' })],
      ]);
      expectCrash('boom');
      detach();
    }));

  it('replaces the reason when it throws an error or exits; a thrown value is no matter [semantics 14]', () =>
    simulate(
      async ({ down }) => {
        const thrown = [
          [() => exit('from terminate'), 'from terminate'],
          [
            () => {
              throw boom;
            },
            boom,
          ],
          [
            () => {
              throw 'value';
            },
            'done',
          ],
          [
            async () => {
              await sleep(1);
              throw boom;
            },
            boom,
          ],
        ] as const;
        for (const [onTerminate, reason] of thrown) {
          const { Probe } = makeProbe({ onTerminate });
          const server = await Probe.start(() => 0);
          Probe.cast(server, 'do', (n) => stop('done', n));
          expect(await down(server)).toBe(reason);
        }
      },
      { crashes: 'allowed' },
    ));

  it('is not confused by an error that is thrown inside [otp-gs-032]', () =>
    simulate(async ({ down, expectCrash }) => {
      const { Probe } = makeProbe({ onTerminate: () => (undefined as never as () => never)() });
      const server = await Probe.start(() => 0);
      Probe.cast(server, 'do', (n) => stop('normal', n));
      expect(await down(server)).toBeInstanceOf(TypeError);
      expectCrash(TypeError);
    }));

  it('is skipped on an exit signal unless trapping [semantics 14]', () =>
    simulate(async ({ down }) => {
      const calm = makeProbe();
      const server = await calm.Probe.start(() => 0);
      exit(server, 'shutdown');
      expect(await down(server)).toBe('shutdown');
      expect(calm.log).toEqual([]);
      const trapping = makeProbe({ trapExit: true });
      const other = await trapping.Probe.start(() => 0);
      exit(other, 'shutdown');
      await sleep(1);
      expect(trapping.log).toEqual([['info', { type: 'EXIT', from: self(), reason: 'shutdown' }]]);
      exit(other, 'kill');
      expect(await down(other)).toBe('killed');
      expect(trapping.log).toHaveLength(1);
    }));

  it('is called when the parent of a trapping server exits, even with normal; not for anybody else [semantics 13]', () =>
    simulate(
      async ({ down }) => {
        for (const reason of ['normal', 'shutdown', 'whatever']) {
          const { Probe, log } = makeProbe({ trapExit: true });
          let server: Pid<never> | undefined;
          const parent = spawn(async () => {
            server = await Probe.startLink(() => 'state');
            await sleep(10);
            exit(reason);
          });
          await sleep(5);
          if (server === undefined) throw new Error('not started');
          const other = spawn(async () => {
            link(server as Pid<never>);
            exit('other');
          });
          expect(await down(other)).toBe('other');
          await sleep(1);
          expect(log).toEqual([['info', { type: 'EXIT', from: other, reason: 'other' }]]);
          expect(await down(parent)).toBe(reason);
          expect(await down(server)).toBe(reason);
          expect(log.at(-1)).toEqual(['terminate', reason, 'state']);
        }
      },
      { crashes: 'allowed' },
    ));

  it('is called for an exit signal that the parent sends, as for its exit', () =>
    simulate(async ({ down }) => {
      const { Probe, log } = makeProbe({ trapExit: true });
      for (const reason of ['normal', 'shutdown']) {
        const server = await Probe.startLink(() => 'state');
        exit(server, reason);
        trapExit(true);
        expect(await down(server)).toBe(reason);
        expect(log.pop()).toEqual(['terminate', reason, 'state']);
      }
    }));

  it('is called for a parent that has a name, too [otp-gs-023] [otp-gs-024]', () =>
    simulate(async ({ down }) => {
      for (const name of ['parent', { global: 'parent' }] as const) {
        const { Probe, log } = makeProbe({ trapExit: true });
        let server: Pid<never> | undefined;
        const parent = spawn(
          async () => {
            server = await Probe.startLink(() => 'state');
            await sleep(1);
            exit('shutdown');
          },
          { name },
        );
        expect(await down(parent)).toBe('shutdown');
        if (server === undefined) throw new Error('not started');
        expect(await down(server)).toBe('shutdown');
        expect(log).toEqual([['terminate', 'shutdown', 'state']]);
      }
    }));

  it('of a server that was started without a link treats its starter like anybody', () =>
    simulate(
      async ({ down }) => {
        const { Probe, log } = makeProbe({ trapExit: true });
        let server: Pid<never> | undefined;
        const starter = spawn(async () => {
          server = await Probe.start(() => 0);
          link(server);
          exit('bye');
        });
        await down(starter);
        await sleep(1);
        expect(log).toEqual([['info', { type: 'EXIT', from: starter, reason: 'bye' }]]);
        if (server !== undefined) exit(server, 'kill');
      },
      { crashes: 'allowed' },
    ));

  it('of a server that startMonitor started is called for its starter, linked later or not', () =>
    simulate(async ({ down }) => {
      const { Probe, log } = makeProbe({ trapExit: true });
      const { pid } = await Probe.startMonitor(() => 0);
      exit(pid, 'normal');
      expect(await down(pid)).toBe('normal');
      const starter = spawn(async () => link((await Probe.startMonitor(() => 1)).pid));
      await down(starter);
      await sleep(1);
      expect(log).toEqual([
        ['terminate', 'normal', 0],
        ['terminate', 'normal', 1],
      ]);
    }));

  it('of a server that start started is called for a signal of its own; of others that is a message', () =>
    simulate(async ({ down }) => {
      const { Probe, log } = makeProbe({ trapExit: true });
      const exitsItself: OneWayFn = (n) => (exit(self(), 'normal'), noreply(n));
      const alone = await Probe.start(() => 0);
      Probe.cast(alone, 'do', exitsItself);
      expect(await down(alone)).toBe('normal');
      const child = await Probe.startLink(() => 1);
      Probe.cast(child, 'do', exitsItself);
      await sleep(1);
      await GenServer.stop(child);
      expect(log).toEqual([
        ['terminate', 'normal', 0],
        ['info', { type: 'EXIT', from: child, reason: 'normal' }],
        ['terminate', 'normal', 1],
      ]);
    }));

  it('comes before the reply of stopReply, which comes whatever terminate does', () =>
    simulate(async ({ expectCrash }) => {
      const order: string[] = [];
      const Slow = GenServer.define('Slow', {
        init: () => 0,
        call: { end: (n) => ({ kind: 'stop', reason: 'normal', state: n, reply: ['bye'] }) as const },
        terminate: async () => {
          await sleep(10);
          order.push('terminate');
          throw boom;
        },
      });
      const reply = await Slow.call(await Slow.start(), 'end');
      order.push(`reply ${reply}`);
      expect(order).toEqual(['terminate', 'reply bye']);
      expectCrash('boom');
    }));

  it('may take its time, and be killed in it', () =>
    simulate(async ({ down }) => {
      const { Probe, log } = makeProbe({ onTerminate: () => sleep('infinity') });
      const server = await Probe.start(() => 0);
      Probe.cast(server, 'do', (n) => stop('done', n));
      await sleep(10);
      exit(server, 'kill');
      expect(await down(server)).toBe('killed');
      expect(log).toHaveLength(1);
    }));
});

describe('GenServer.stop', () => {
  it('ends a server in order, after what it has been sent [gs-013] [otp-gs-037] [otp-gs-038]', () =>
    simulate(async ({ down }) => {
      for (const reason of [undefined, 'shutdown', { shutdown: ['for', { now: 1 }] }]) {
        const { Probe, log } = makeProbe();
        const server = await Probe.start(() => 0);
        Probe.cast(server, 'do', async () => (await sleep(10), noreply('after the cast')));
        await GenServer.stop(server, reason);
        expect(await down(server)).toEqual(reason ?? 'normal');
        expect(log).toEqual([['terminate', reason ?? 'normal', 'after the cast']]);
      }
    }));

  it('takes every kind of name, then there is nobody [gs-013] [otp-gs-040] [otp-gs-041] [otp-gs-042] [otp-gs-043]', () =>
    simulate(async ({ node }) => {
      const { Probe } = makeProbe();
      let holder: Pid<never> | undefined;
      const via = {
        registerName: (_: unknown, pid: Pid<never>) => (holder = pid) === pid,
        unregisterName: () => {},
        whereisName: () => holder,
      };
      const names: Name[] = ['local', { global: 'g' }, { via, key: 'v' }];
      for (const name of names) {
        await Probe.start(() => 0, { name });
        await GenServer.stop(name);
        await expect(GenServer.stop(name)).rejects.toMatchObject({
          reason: 'noproc',
          call: { module: 'GenServer', function: 'stop', args: [name, 'normal', 'infinity'] },
        });
      }
      const typed = Probe.name('typed');
      await Probe.start(() => 0, { name: typed });
      await GenServer.stop(typed);
      await expect(GenServer.stop(typed)).rejects.toMatchObject({
        reason: 'noproc',
        call: { args: ['typed', 'normal', 'infinity'] }, // as OTP has it: a name has no type
      });
      await Probe.start(() => 0, { name: 'mine' });
      await GenServer.stop({ local: 'mine', node: node.name });
      await expect(GenServer.stop(undefined as never)).rejects.toMatchObject({ reason: 'noproc' });
    }));

  it('rejects when the server ends otherwise [gs-013]', () =>
    simulate(
      async () => {
        const { Probe } = makeProbe({ onTerminate: () => exit('from terminate') });
        const server = await Probe.start(() => 0);
        const error: unknown = await GenServer.stop(server).catch((e: unknown) => e);
        expect(error).toBeInstanceOf(ExitError);
        expect(error).toMatchObject({ reason: 'from terminate' });
      },
      { crashes: 'allowed' },
    ));

  it('rejects after its time; the server is ending all the same [gs-013] [otp-gs-039]', () =>
    simulate(async ({ now, down }) => {
      const { Probe } = makeProbe({ onTerminate: () => sleep(300) });
      const server = await Probe.start(() => 0);
      await expect(GenServer.stop(server, 'normal', 10)).rejects.toMatchObject({ reason: 'timeout' });
      expect(now()).toBe(10);
      expect(await down(server)).toBe('normal');
      expect(now()).toBe(300);
    }));

  it('rejects for a timeout that is none [otp-gs-039]', () =>
    simulate(async () => {
      const { Probe } = makeProbe();
      const server = await Probe.start(() => 0);
      await expect(GenServer.stop(server, 'normal', -1)).rejects.toThrow(RangeError);
      await expect(GenServer.stop(server, 'normal', 'soon' as never)).rejects.toThrow(TypeError);
      await GenServer.stop(server);
    }));

  it('rejects with calling_self for the caller itself', () =>
    simulate(async () => {
      const { Probe } = makeProbe();
      const server = await Probe.start(() => 0);
      const reason = await Probe.call(server, 'do', async (n) => {
        const error: unknown = await GenServer.stop(self()).catch((e: unknown) => e);
        return reply(error instanceof ExitError ? error.reason : error, n);
      });
      expect(reason).toBe('calling_self');
    }));

  it('does not end who called it, though linked', () =>
    simulate(async () => {
      trapExit(false);
      const { Probe } = makeProbe();
      await GenServer.stop(await Probe.startLink(() => 0));
      expect(isAlive(self())).toBe(true);
    }));
});
