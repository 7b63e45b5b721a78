import { exit, type Pid, processInfo, self, send, sleep, spawn, subscribe } from '@coppice/core';
import { CallbackError, GenServer, noreply, reply, type TraceEvent } from '@coppice/gen-server';
import { simulate } from '@coppice/testing';
import { describe, expect, it, vi } from 'vitest';
import { makeProbe } from './probe.ts';

const Counter = GenServer.define('Counter', {
  init: (start: number) => start,
  call: { read: (n) => reply(n, n), add: (n, by: number) => reply(n + by, n + by) },
  cast: { reset: () => noreply(0) },
});

describe('GenServer.getState', () => {
  it('gives the state, by pid and by name [otp-gs-029]', () =>
    simulate(async () => {
      const counter = Counter.name('counter');
      await Counter.start(5, { name: counter });
      expect(await GenServer.getState(counter)).toBe(5);
      await GenServer.suspend(counter);
      expect(await GenServer.getState(counter)).toBe(5);
    }));

  it('rejects when the server does not come to it, or is not there [otp-gs-029]', () =>
    simulate(async ({ now }) => {
      const { Probe } = makeProbe();
      const server = await Probe.start(() => 0);
      Probe.cast(server, 'do', async (n) => (await sleep(60_000), noreply(n)));
      await expect(GenServer.getState(server)).rejects.toMatchObject({
        reason: 'timeout',
        call: { function: 'getState' },
      });
      expect(now()).toBe(5_000);
      const asked = GenServer.getState(server);
      exit(server, 'kill');
      await expect(asked).rejects.toMatchObject({ reason: 'killed' });
      await expect(GenServer.getState(server)).rejects.toMatchObject({ reason: 'noproc' });
      await expect(GenServer.getState(server, -1)).rejects.toThrow(RangeError);
    }));
});

describe('GenServer.replaceState', () => {
  it('puts what the function gives in the place of the state [otp-gs-030]', () =>
    simulate(async () => {
      const counter = await Counter.start(5);
      expect(await GenServer.replaceState(counter, (n) => n + 1)).toBe(6);
      expect(await Counter.call(counter, 'read')).toBe(6);
      await GenServer.suspend(counter);
      expect(await GenServer.replaceState(counter, (n) => n + 1)).toBe(7);
    }));

  it('leaves the state when the function throws, or is async [otp-gs-030]', () =>
    simulate(async () => {
      const counter = await Counter.start(5);
      const boom = new Error('boom');
      const error: unknown = await GenServer.replaceState(counter, () => {
        throw boom;
      }).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(CallbackError);
      expect(error).toMatchObject({ reason: boom, cause: boom, code: 'callback_failed' });
      await expect(GenServer.replaceState(counter, (async () => 1) as never)).rejects.toThrow(
        /must not be async/,
      );
      for (const flag of [undefined, null, 'on', {}] as never[])
        await expect(GenServer.log(counter, flag)).rejects.toThrow(/flag must be a boolean, a number/);
      for (const flag of [0, -1, 1.5, Number.NaN])
        await expect(GenServer.log(counter, flag)).rejects.toThrow(/flag must be a whole number from 1/);
      await expect(GenServer.replaceState(counter, 5 as never)).rejects.toThrow(/fn must be a function/);
      expect(await Counter.call(counter, 'read')).toBe(5);
    }));
});

describe('GenServer.suspend', () => {
  it('holds all but system messages, until resume; nothing is lost or reordered [semantics 55]', () =>
    simulate(async () => {
      const counter = await Counter.start(5);
      await GenServer.suspend(counter);
      expect(processInfo(counter)?.status).toBe('suspended');
      await expect(Counter.call(counter, 'read', undefined, { timeout: 20 })).rejects.toMatchObject({
        reason: 'timeout',
      });
      Counter.cast(counter, 'reset');
      const later = Counter.call(counter, 'add', 3);
      expect(await GenServer.getStatus(counter)).toEqual({
        module: 'Counter',
        status: 'suspended',
        state: 5,
      });
      await GenServer.resume(counter);
      expect(await later).toBe(3);
      expect(await GenServer.getStatus(counter)).toEqual({ module: 'Counter', status: 'running', state: 3 });
    }));

  it('does not hold an exit signal, nor the exit of the parent, nor stop [semantics 55]', () =>
    simulate(async ({ down }) => {
      const calm = await Counter.start(5);
      await GenServer.suspend(calm);
      exit(calm, 'shutdown');
      expect(await down(calm)).toBe('shutdown');
      const { Probe, log } = makeProbe({ trapExit: true });
      let server: Pid<never> | undefined;
      const parent = spawn(async () => {
        server = await Probe.startLink(() => 0);
        send(server as Pid<unknown>, 'waits');
        await GenServer.suspend(server);
      });
      await down(parent);
      if (server === undefined) throw new Error('not started');
      expect(await down(server)).toBe('normal');
      expect(log.at(-1)).toEqual(['terminate', 'normal', 0]);
      const other = await Counter.start(5);
      await GenServer.suspend(other);
      await GenServer.stop(other);
      expect(await down(other)).toBe('normal');
    }));

  it('stops a running timeout, which begins anew at resume', () =>
    simulate(async () => {
      const { Probe, log } = makeProbe();
      const server = await Probe.start(() => 0);
      await Probe.call(server, 'do', (n) => reply(n, n, { timeout: 30 }));
      await GenServer.suspend(server);
      await sleep(100);
      expect(log).toEqual([]);
      await GenServer.resume(server);
      await sleep(31);
      expect(log).toEqual([['info', 'timeout']]);
    }));
});

describe('GenServer.getStatus', () => {
  it('shows the state as formatStatus has it, as crash reports do; one that throws hides it [otp-gs-047] [otp-gs-048] [otp-gs-050]', () =>
    simulate(async ({ down, expectCrash }) => {
      const Vault = GenServer.define('Vault', {
        init: (secret: string) => ({ secret }),
        cast: {
          crash: () => {
            throw new Error('boom');
          },
        },
        formatStatus: ({ secret }) => {
          if (secret === '') throw new Error('format');
          return { secret: '***' };
        },
      });
      const shown: unknown[] = [];
      const detach = subscribe('coppice.process.crash', ({ state }) => shown.push(state));
      for (const secret of ['hunter2', '']) {
        const vault = await Vault.start(secret);
        shown.push((await GenServer.getStatus(vault)).state);
        Vault.cast(vault, 'crash');
        await down(vault);
        expectCrash('boom');
      }
      const hidden = { EXIT: 'Vault.formatStatus threw' };
      expect(shown).toEqual([{ secret: '***' }, { secret: '***' }, hidden, hidden]);
      detach();
    }));
});

describe('GenServer.trace', () => {
  it('tells what comes in, what goes out, and the state', () =>
    simulate(async () => {
      const events: TraceEvent[] = [];
      const detach = subscribe('coppice.gen_server.trace', (event) => events.push(event));
      const counter = await Counter.start(5);
      await GenServer.trace(counter, true);
      await Counter.call(counter, 'add', 1);
      Counter.cast(counter, 'reset');
      await GenServer.trace(counter, false);
      await Counter.call(counter, 'read');
      const common = { pid: counter, module: 'Counter' };
      expect(events).toEqual([
        {
          ...common,
          kind: 'in',
          message: expect.objectContaining({ type: '$gen_call', request: 'add', payload: 1 }),
        },
        { ...common, kind: 'out', reply: 6, to: self(), state: 6 },
        { ...common, kind: 'in', message: expect.objectContaining({ type: '$gen_cast', request: 'reset' }) },
        { ...common, kind: 'noreply', state: 0 },
      ]);
      detach();
    }));
});

describe('GenServer.log', () => {
  it('keeps the last steps, ten unless told otherwise', () =>
    simulate(async () => {
      const counter = await Counter.start(5);
      expect(await GenServer.log(counter, 'get')).toEqual([]);
      await GenServer.log(counter, true);
      await Counter.call(counter, 'add', 1);
      Counter.cast(counter, 'reset');
      const steps = await GenServer.log(counter, 'get');
      expect(steps).toMatchObject([
        { kind: 'in', message: { request: 'add', payload: 1 } },
        { kind: 'out', reply: 6, to: self(), state: 6, pid: counter, module: 'Counter' },
        { kind: 'in', message: { request: 'reset' } },
        { kind: 'noreply', state: 0 },
      ]);
      await GenServer.log(counter, 2); // it is on: nothing changes
      for (let by = 1; by <= 5; by += 1) await Counter.call(counter, 'add', by);
      expect(await GenServer.log(counter, 'get')).toHaveLength(10);
      expect(steps).toHaveLength(4);
      await GenServer.log(counter, false);
      expect(await GenServer.log(counter, 'get')).toEqual([]);
      await GenServer.log(counter, 2);
      for (let by = 1; by <= 5; by += 1) await Counter.call(counter, 'add', by);
      expect(await GenServer.log(counter, 'get')).toMatchObject([{ kind: 'in' }, { kind: 'out', reply: 30 }]);
    }));

  it('writes them to stdout', () =>
    simulate(async () => {
      const counter = await Counter.start(5);
      await GenServer.log(counter, 3);
      await Counter.call(counter, 'add', 1);
      const print = vi.spyOn(console, 'log').mockImplementation(() => {});
      await GenServer.log(counter, 'print');
      expect(print.mock.calls.map(String)).toEqual([
        expect.stringMatching(/^\*DBG\* Counter #PID<.*> got /),
        `*DBG* Counter ${counter} sent 6 to ${self()}, new state 6`,
      ]);
      print.mockRestore();
    }));
});

describe('GenServer.statistics', () => {
  it('counts messages in and replies out while it is on', () =>
    simulate(async () => {
      const counter = await Counter.start(5);
      expect(await GenServer.statistics(counter, 'get')).toBeUndefined();
      await GenServer.statistics(counter, true);
      await Counter.call(counter, 'read');
      await sleep(7);
      Counter.cast(counter, 'reset');
      const counted = await GenServer.statistics(counter, 'get');
      expect(counted).toMatchObject({ messagesIn: 2, messagesOut: 1 });
      expect((counted?.currentTime ?? 0) - (counted?.startTime ?? 0)).toBe(7);
      await GenServer.statistics(counter, false);
      expect(await GenServer.statistics(counter, 'get')).toBeUndefined();
    }));
});

describe('GenServer.codeChange', () => {
  const Doubled = GenServer.define('Doubled', {
    init: (start: number) => start,
    call: { read: (n) => reply(n, n), add: (n, by: number) => reply(n + 2 * by, n + 2 * by) },
    cast: { reset: () => noreply(-1) },
  });

  it('swaps the callbacks under a running server and keeps or migrates its state [semantics 56]', () =>
    simulate(async () => {
      const counter = await Counter.start(5);
      expect(await Counter.call(counter, 'add', 1)).toBe(6);
      await GenServer.codeChange(counter, Doubled);
      expect(await Counter.call(counter, 'add', 1)).toBe(8);
      await GenServer.codeChange(counter, Counter, (n) => n * 10);
      expect(await Counter.call(counter, 'add', 1)).toBe(81);
      expect((await GenServer.getStatus(counter)).module).toBe('Counter');
    }));

  it('leaves a server as it was when migrate throws [semantics 56]', () =>
    simulate(async () => {
      const counter = await Counter.start(5);
      const change = GenServer.codeChange(counter, Doubled, () => {
        throw new Error('no');
      });
      await expect(change).rejects.toThrow(CallbackError);
      expect(await Counter.call(counter, 'add', 1)).toBe(6);
      await expect(GenServer.codeChange(counter, {} as never)).rejects.toThrow(/made by GenServer.define/);
      await expect(GenServer.codeChange(counter, Doubled, 5 as never)).rejects.toThrow(
        /migrate must be a function/,
      );
    }));
});

describe('a server under an untyped name', () => {
  it('shows and changes its state, which its caller knows', () =>
    simulate(async () => {
      await Counter.start(5, { name: 'counter' });
      expect(await GenServer.getState('counter')).toBe(5);
      expect(await GenServer.replaceState('counter', (n: number) => n + 1)).toBe(6);
      await GenServer.codeChange('counter', Counter, (n) => n * 2);
      await Counter.start(1, { name: { global: 'counter' } });
      const states = [await GenServer.getState('counter'), await GenServer.getState({ global: 'counter' })];
      expect(states).toEqual([12, 1]);
    }));
});

describe('system messages', () => {
  it('are refused for bad arguments, and the server lives on', () =>
    simulate(async () => {
      const counter = await Counter.start(5);
      const asks = [GenServer.getState, GenServer.getStatus, GenServer.suspend, GenServer.resume];
      for (const ask of asks) {
        await expect(ask(counter, -1)).rejects.toThrow(RangeError);
        for (const timeout of [null, 'soon'] as never[])
          await expect(ask(counter, timeout)).rejects.toThrow(/timeout must be milliseconds/);
        for (const server of [null, 5, {}] as never[])
          await expect(ask(server)).rejects.toThrow(/address must be a pid, /);
      }
      for (const flag of [undefined, null, 1, 'on'] as never[]) {
        await expect(GenServer.trace(counter, flag)).rejects.toThrow(/on must be a boolean, got/);
        await expect(GenServer.statistics(counter, flag)).rejects.toThrow(/flag must be a boolean, got/);
      }
      await expect(GenServer.replaceState(counter, 5 as never)).rejects.toThrow(
        /fn must be a function, got 5/,
      );
      await expect(GenServer.codeChange(counter, {} as never)).rejects.toThrow(/made by GenServer.define/);
      expect(await GenServer.getState(counter)).toBe(5);
    }));
});
