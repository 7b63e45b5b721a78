import {
  exit,
  isAlive,
  type Pid,
  processInfo,
  self,
  send,
  sleep,
  spawn,
  spawnLink,
  startTimer,
  subscribe,
} from '@coppice/core';
import { continueWith, GenServer, noreply, ok, reply, stop } from '@coppice/gen-server';
import { simulate, simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { type CallFn, makeProbe, type OneWayFn } from './probe.ts';

describe('cast', () => {
  it('takes every return of a handler [otp-gs-008]', () =>
    simulate(async ({ down, expectCrash }) => {
      const { Probe, log } = makeProbe();
      const server = await Probe.start(() => 0);
      Probe.cast(server, 'do', () => noreply(1));
      Probe.cast(server, 'do', async (n) => noreply([n], { timeout: 5 }));
      await sleep(10);
      expect(log).toEqual([['info', 'timeout']]);
      Probe.cast(server, 'do', () => noreply(2, 'hibernate'));
      expect(await GenServer.getState(server)).toBe(2);
      Probe.cast(server, 'do', (n) => stop('done', n));
      expect(await down(server)).toBe('done');
      expectCrash('done');
      expect(log.at(-1)).toEqual(['terminate', 'done', 2]);
    }));

  it('does nothing for a server that is missing, by any kind of name', () =>
    simulate(async ({ down }) => {
      const { Probe } = makeProbe();
      const via = { registerName: () => true, unregisterName: () => {}, whereisName: () => undefined };
      const dead = await Probe.start(() => 0);
      exit(dead, 'kill');
      await down(dead);
      for (const server of [
        dead,
        'nobody',
        { global: 'nobody' },
        { via, key: 1 },
        { local: 'nobody', node: 'x' },
        undefined,
      ]) {
        expect(() => Probe.cast(server as 'nobody', 'do', (n) => noreply(n))).not.toThrow();
      }
      for (const bad of [5, null, {}, { local: 5 }])
        expect(() => Probe.cast(bad as never, 'do', (n) => noreply(n))).toThrow(
          /server must be .* name, got/,
        );
    }));
});

describe('info', () => {
  it('takes every return of a handler, by the message’s type [otp-gs-010]', () =>
    simulate(async ({ down, expectCrash }) => {
      const { Probe, log } = makeProbe();
      const server = await Probe.start(() => 0);
      const tell = (fn: OneWayFn): void => send(server, { type: 'do', fn });
      tell(() => noreply(1));
      tell(async () => noreply(2, { timeout: 5 }));
      await sleep(10);
      tell(() =>
        noreply(
          3,
          continueWith('do', () => noreply(4)),
        ),
      );
      expect(await GenServer.getState(server)).toBe(4);
      tell((n) => stop('done', n));
      expect(await down(server)).toBe('done');
      expect(log).toEqual([
        ['info', 'timeout'],
        ['terminate', 'done', 4],
      ]);
      expectCrash('done');
    }));

  it('has the messages of the runtime: DOWN, EXIT, a timer’s', () =>
    simulate(
      async () => {
        const seen: unknown[] = [];
        const Watcher = GenServer.define('Watcher', {
          init: () => 0,
          call: {
            link: (n) =>
              reply(
                spawnLink(() => exit('bye')),
                n,
              ),
          },
          info: {
            EXIT: (n, { from, reason }) => (seen.push([from, reason]), noreply(n)),
            timeout: (n, fired) => (seen.push(fired?.message), noreply(n)),
          },
          trapExit: true,
        });
        const watcher = await Watcher.start();
        const child = await Watcher.call(watcher, 'link');
        startTimer(5, watcher, 'tick');
        await sleep(10);
        expect(seen).toEqual([[child, 'bye'], 'tick']);
      },
      { crashes: 'allowed' },
    ));

  it('drops what has no handler, and says so [otp-gs-055]', () =>
    simulate(async () => {
      const events: unknown[] = [];
      const detach = subscribe('coppice.gen_server.unexpected_message', ({ message }) =>
        events.push(message),
      );
      const Plain = GenServer.define('Plain', {
        init: () => 7,
        call: { read: (n) => reply(n, n) },
        info: { known: (n) => noreply(n) },
      });
      const server = await Plain.start();
      for (const message of ['junk', { type: 'unknown' }, { type: 'constructor' }, null, 5])
        send(server as Pid<unknown>, message);
      expect(await Plain.call(server, 'read')).toBe(7);
      expect(events).toEqual(['junk', { type: 'unknown' }, { type: 'constructor' }, null, 5]);
      detach();
    }));

  it('is not confused by an error that is thrown inside [otp-gs-033]', () =>
    simulate(async ({ down, expectCrash }) => {
      const { Probe } = makeProbe();
      const server = await Probe.start(() => 0);
      send(server, { type: 'do', fn: () => (undefined as never as () => never)() });
      expect(await down(server)).toBeInstanceOf(TypeError);
      expectCrash(TypeError);
    }));
});

describe('the fallbacks', () => {
  const Matching = GenServer.define('Matching', {
    init: (): unknown => 0,
    call: { named: (n) => reply('by name', n) },
    handleCall: (request: unknown, _from, n) => reply(['matched', request], n),
    handleCast: (request: unknown, _n) => noreply(request),
    handleInfo: (message: unknown, _n) => noreply(message),
  });

  it('take what no name stands for: any term, and a name with its payload as a pair', () =>
    simulate(async () => {
      const server = await Matching.start();
      expect(await Matching.call(server, 'named')).toBe('by name');
      expect(await Matching.call(server, ['add', 5])).toEqual(['matched', ['add', 5]]);
      expect(await Matching.call(server, 'other')).toEqual(['matched', 'other']);
      expect(await GenServer.call(server, { any: 'term' }, undefined, { timeout: 10 })).toEqual([
        'matched',
        { any: 'term' },
      ]);
      expect(await Matching.call(server, 'other' as never, 5)).toEqual(['matched', ['other', 5]]);
      Matching.cast(server, 5);
      expect(await GenServer.getState(server)).toBe(5);
      send(server, 'text');
      expect(await GenServer.getState(server)).toBe('text');
      send(server, { type: 'typed' });
      expect(await GenServer.getState(server)).toEqual({ type: 'typed' });
    }));
});

describe('a missing callback', () => {
  const Bare = GenServer.define('Bare', { init: (step: () => unknown) => step() });

  it('ends the server on a call, with an error that names the request [otp-gs-053]', () =>
    simulate(async ({ expectCrash }) => {
      const server = await Bare.start(() => 0);
      const error: unknown = await Bare.call(server, 'junk' as never, 5).catch((e: unknown) => e);
      expect(error).toMatchObject({
        reason: { name: 'TypeError', message: `Bare ${server} has no call handler for ["junk",5]` },
      });
      expectCrash(TypeError);
    }));

  it('ends the server on a cast [otp-gs-054]', () =>
    simulate(async ({ down, expectCrash }) => {
      const server = await Bare.start(() => 0);
      Bare.cast(server, 'junk' as never);
      expect(await down(server)).toMatchObject({ message: `Bare ${server} has no cast handler for junk` });
      expectCrash(TypeError);
    }));

  it('is told beside the requests that there are', () =>
    simulate(async ({ expectCrash }) => {
      const Till = GenServer.define('Till', {
        init: () => 0,
        call: { total: (n) => reply(n, n), count: (n) => reply(n, n) },
        cast: { take: (n) => noreply(n) },
      });
      const till = await Till.start();
      const error: unknown = await Till.call(till, 'take' as never).catch((e: unknown) => e);
      const message = `Till ${till} has no call handler for take, only for total, count`;
      expect(error).toMatchObject({ reason: { name: 'TypeError', message } });
      expectCrash(TypeError);
    }));

  it('ends the server on a continue [otp-gs-056]', () =>
    simulate(async ({ down, expectCrash }) => {
      const server = await Bare.start(() => ok(0, continueWith('nowhere')));
      expect(await down(server)).toMatchObject({
        message: `Bare ${server} has no continue handler for nowhere`,
      });
      expectCrash(TypeError);
    }));

  it('is no matter for terminate [otp-gs-059] [otp-gs-060]', () =>
    simulate(
      async ({ down }) => {
        const calm = await Bare.start(() => 0);
        await GenServer.stop(calm);
        expect(await down(calm)).toBe('normal');
        const bad = await Bare.start(() => 0);
        await GenServer.stop(bad, 'abnormal');
        expect(await down(bad)).toBe('abnormal');
      },
      { crashes: 'allowed' },
    ));
});

describe('continueWith', () => {
  const note =
    (log: unknown[], what: unknown, then?: OneWayFn): OneWayFn =>
    (n) => {
      log.push(what);
      return then === undefined ? noreply(n) : then(n);
    };

  it('runs before messages that are queued already, from every callback [semantics 15] [otp-gs-012]', () =>
    simulate(async () => {
      const { Probe, log } = makeProbe();
      const go = continueWith('do', note(log, 'continue'));
      const server = await Probe.start(() => {
        send(self<unknown>(), 'early');
        return ok(0, go);
      });
      const settled = (): Promise<unknown> => GenServer.getState(server);
      await settled();
      const queue = (): void => send(self<unknown>(), 'queued');
      await Probe.call(server, 'do', (n) => {
        queue();
        return reply('replied', n, go);
      });
      await settled();
      const goOn: OneWayFn = (n) => {
        queue();
        return noreply(n, go);
      };
      Probe.cast(server, 'do', goOn);
      await settled();
      send(server, { type: 'do', fn: goOn });
      await settled();
      await sleep(1);
      const pair = (what: string): unknown[] => ['continue', ['info', what]];
      expect(log).toEqual(['early', 'queued', 'queued', 'queued'].flatMap(pair));
    }));

  it('chains, sync and async', () =>
    simulate(async () => {
      const { Probe, log } = makeProbe();
      const third = note(log, 3);
      const second: OneWayFn = async (n) => {
        await sleep(5);
        return note(log, 2, (s) => noreply(s, continueWith('do', third)))(n);
      };
      const first = note(log, 1, (s) => noreply(s, continueWith('do', second)));
      const server = await Probe.start(() => ok(0, continueWith('do', first)));
      await GenServer.getState(server);
      expect(log).toEqual([1, 2, 3]);
    }));

  it('lets start return before it has run, and a call be answered', () =>
    simulate(async ({ now }) => {
      const { Probe } = makeProbe();
      const slow: OneWayFn = async (n) => (await sleep(80), noreply(n));
      const server = await Probe.start(() => ok(0, continueWith('do', slow)));
      expect(now()).toBe(0);
      expect(await Probe.call(server, 'do', (n) => reply('at once', n, continueWith('do', slow)))).toBe(
        'at once',
      );
      expect(now()).toBe(80);
    }));

  it('may go on for ever without holding anybody up, and be killed', () =>
    simulate(async ({ down }) => {
      const Spinner = GenServer.define('Spinner', {
        init: () => ok(0, continueWith('spin')),
        continue: { spin: (n) => noreply(n + 1, continueWith('spin')) },
      });
      const server = await Spinner.start();
      spawn(() => {});
      exit(server, 'kill');
      expect(await down(server)).toBe('killed');
    }));
});

describe('a timeout step', () => {
  it('calls info.timeout when nothing comes, once [otp-gs-010]', () =>
    simulate(async ({ now }) => {
      const fired: number[] = [];
      const Idle = GenServer.define('Idle', {
        init: () => ok(0, { timeout: 10 }),
        info: {
          timeout: (n, message) => (expect(message).toBeUndefined(), fired.push(now()), noreply(n + 1)),
        },
      });
      const server = await Idle.start();
      await sleep(100);
      expect(fired).toEqual([10]);
      expect(await GenServer.getState(server)).toBe(1);
    }));

  it('is cancelled by any message, and begins anew after a system message', () =>
    simulate(async () => {
      const { Probe, log } = makeProbe();
      const idle = () => ok(0, { timeout: 30 });
      const cancelled = await Probe.start(idle);
      await sleep(10);
      send(cancelled, { type: 'do', fn: (n: unknown) => noreply(n) });
      await sleep(60);
      expect(log).toEqual([]);
      const restarted = await Probe.start(idle);
      await sleep(20);
      await GenServer.getState(restarted);
      await sleep(20);
      expect(log).toEqual([]);
      await sleep(20);
      expect(log).toEqual([['info', 'timeout']]);
    }));

  it('of 0 lets queued messages go first [semantics 15]', () =>
    simulate(async () => {
      const { Probe, log } = makeProbe();
      const server = await Probe.start(() => 0);
      await Probe.call(server, 'do', (n) => (send(self<unknown>(), 'queued'), reply(1, n, { timeout: 0 })));
      await sleep(20);
      expect(log).toEqual([['info', 'queued']]);
      await Probe.call(server, 'do', (n) => reply(1, n, { timeout: 0 }));
      await sleep(20);
      expect(log.at(-1)).toEqual(['info', 'timeout']);
    }));

  it('without a handler is an unexpected message', () =>
    simulate(async () => {
      const events: unknown[] = [];
      const detach = subscribe('coppice.gen_server.unexpected_message', ({ message }) =>
        events.push(message),
      );
      const Idle = GenServer.define('Idle', { init: () => ok(0, { timeout: 10 }) });
      const server = await Idle.start();
      await sleep(20);
      expect(events).toEqual(['timeout']);
      expect(isAlive(server)).toBe(true);
      detach();
    }));
});

describe('hibernation', () => {
  const status = (server: Pid<never>) => processInfo(server)?.status;

  it('follows every callback that asks for it, and ends with the next message [otp-gs-026]', () =>
    simulate(async () => {
      const { Probe } = makeProbe();
      const server = await Probe.start(() => ok(7, 'hibernate'));
      const asleep = async (): Promise<void> => {
        await sleep(1);
        expect(status(server)).toBe('hibernated');
      };
      await asleep();
      const wake: CallFn = (n) => reply([status(self()), n], n);
      expect(await Probe.call(server, 'do', wake)).toEqual(['running', 7]);
      expect(status(server)).toBe('waiting');
      await Probe.call(server, 'do', (n) => reply(n, n, 'hibernate'));
      await asleep();
      Probe.cast(server, 'do', (n) => noreply(n, 'hibernate'));
      await asleep();
      send(server, { type: 'do', fn: (n: unknown) => noreply(n, 'hibernate') });
      await asleep();
      await GenServer.getState(server);
      await asleep();
      send(server, {
        type: 'do',
        fn: (n: unknown) =>
          noreply(
            n,
            continueWith('do', (s: unknown) => noreply(s, 'hibernate')),
          ),
      });
      await asleep();
      expect(await Probe.call(server, 'do', (n) => reply(n, n))).toBe(7);
    }));

  it('follows hibernateAfter without a message [otp-gs-027]', () =>
    simulate(async () => {
      const { Probe, log } = makeProbe();
      const server = await Probe.start(() => 7, { hibernateAfter: 50 });
      await sleep(40);
      expect(status(server)).toBe('waiting');
      expect(await Probe.call(server, 'do', (n) => reply(n, n))).toBe(7);
      await sleep(40);
      expect(status(server)).toBe('waiting');
      await sleep(20);
      expect(status(server)).toBe('hibernated');
      expect(log).toEqual([]);
    }));
});

describe('an async callback', () => {
  it('holds the next message until it is done [semantics 53]', () =>
    simulate(async () => {
      const { Probe } = makeProbe();
      const log: string[] = [];
      const server = await Probe.start(() => 0);
      const step =
        (name: string): OneWayFn =>
        async (n) => {
          log.push(`${name} begins`);
          await sleep(10);
          log.push(`${name} ends`);
          return noreply(n);
        };
      Probe.cast(server, 'do', step('a'));
      Probe.cast(server, 'do', step('b'));
      await Probe.call(server, 'do', (n) => reply(n, n));
      expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
    }));

  it('of a server that was killed meanwhile neither replies nor terminates', () =>
    simulate(async ({ down }, { receive: take }) => {
      const { Probe, log } = makeProbe();
      const ran: string[] = [];
      for (const end of [
        (n: unknown) => reply('ghost', n),
        (n: unknown) => stop('ghost', n),
        () => exit('ghost'),
      ]) {
        const server = await Probe.start(() => 0);
        let release = (): void => {};
        const gate = new Promise<void>((resolve) => {
          release = resolve;
        });
        const call = Probe.call(server, 'do', async (n) => {
          await gate;
          ran.push('ran on');
          return end(n);
        });
        await sleep(1);
        exit(server, 'kill');
        expect(await down(server)).toBe('killed');
        release();
        await expect(call).rejects.toMatchObject({ reason: 'killed' });
      }
      await sleep(1);
      expect(ran).toHaveLength(3);
      expect(log).toEqual([]);
      expect(await take(undefined, { timeout: 0 })).toBeUndefined();
    }));
});

describe('a message that looks like the exit of nobody', () => {
  it(
    'goes to info in a server without a parent',
    simulated(async () => {
      const seen: unknown[] = [];
      const Listener = GenServer.define('Listener', {
        init: () => 0,
        handleInfo: (message, state) => (seen.push(message), noreply(state)),
      });
      const pid = await Listener.start();
      send(pid as Pid<unknown>, { type: 'EXIT', reason: 'x' });
      await GenServer.getState(pid);
      expect(seen).toEqual([{ type: 'EXIT', reason: 'x' }]);
    }),
  );
});
