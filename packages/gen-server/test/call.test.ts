import { ExitError, exit, isAlive, receive, self, send, sleep, spawn } from '@coppice/core';
import { GenServer, noreply, reply, stop, stopReply } from '@coppice/gen-server';
import { simulate } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { type CallFn, makeProbe, type ProbePid } from './probe.ts';

const { Probe } = makeProbe();
const start = (state: unknown): Promise<ProbePid> => Probe.start(() => state);
const ask = (server: ProbePid, fn: CallFn, timeout = 300): Promise<unknown> =>
  Probe.call(server, 'do', fn, { timeout });

describe('GenServer.call', () => {
  it('gives the reply and keeps the new state [gs-006]', () =>
    simulate(async () => {
      const server = await start(1);
      expect(await ask(server, (n) => reply(['got', n], 2))).toEqual(['got', 1]);
      expect(await ask(server, (n) => reply(n, n))).toBe(2);
      Probe.cast(server, 'do', () => noreply(7));
      expect(await ask(server, (n) => reply(n, n))).toBe(7);
    }));

  it('takes every return of a handler [otp-gs-003]', () =>
    simulate(async ({ down, expectCrash }) => {
      const server = await start(0);
      expect(await ask(server, () => reply('now', 1))).toBe('now');
      expect(await ask(server, () => reply('then idle', 1, { timeout: 10 }))).toBe('then idle');
      expect(await ask(server, () => reply('asleep', 1, 'hibernate'))).toBe('asleep');
      const later: CallFn = (n, from) => {
        spawn(async () => {
          await sleep(10);
          GenServer.reply(from, 'later');
        });
        return noreply(n, { timeout: 'infinity' });
      };
      expect(await ask(server, later)).toBe('later');
      expect(await ask(server, () => stopReply('done', 'last words', 1))).toBe('last words');
      expect(await down(server)).toBe('done');
      const other = await start(0);
      await expect(ask(other, () => stop('why', 0))).rejects.toMatchObject({ reason: 'why' });
      expectCrash('done');
      expectCrash('why');
    }));

  it('rejects with the reason for which the server ended, and says what was called [semantics 54] [gs-007]', () =>
    simulate(async ({ expectCrash }) => {
      const server = await start(0);
      const boom = new Error('boom');
      const error: unknown = await ask(server, () => {
        throw boom;
      }).catch((thrown: unknown) => thrown);
      expectCrash('boom');
      expect(error).toBeInstanceOf(ExitError);
      expect(error).toMatchObject({ reason: boom, call: { module: 'GenServer', function: 'call' } });
      expect(error).toMatchObject({ call: { args: [server, ['do', expect.any(Function)], 300] } });
    }));

  it('rejects with an error whose stack tells which functions await the reply', () =>
    simulate(async ({ expectCrash }) => {
      const server = await start(0);
      const stackOf = async (call: Promise<unknown>): Promise<string | undefined> => {
        const error: unknown = await whoAsks(call).catch((thrown: unknown) => thrown);
        return error instanceof Error ? error.stack : undefined;
      };
      async function whoAsks(call: Promise<unknown>): Promise<unknown> {
        const got = await call;
        return got;
      }
      expect(await stackOf(ask(server, (n) => noreply(n), 10))).toMatch(/timeout[^]*at (async )?whoAsks/);
      expect(await stackOf(ask(server, () => stop('why', 0)))).toMatch(/why[^]*at (async )?whoAsks/);
      expectCrash('why');
      const crashing = Probe.start(() => exit('bad start'));
      expect(await stackOf(crashing)).toMatch(/bad start[^]*at (async )?whoAsks/);
      expectCrash('bad start');
    }));

  it('rejects with noproc where there is no server, by every kind of name [semantics 54] [gs-007]', () =>
    simulate(async ({ down }) => {
      const dead = await start(0);
      exit(dead, 'kill');
      await down(dead);
      const via = { registerName: () => true, unregisterName: () => {}, whereisName: () => undefined };
      const nobody = [
        dead,
        'nobody',
        { global: 'nobody' },
        { via, key: 'nobody' },
        { local: 'nobody', node: 'x' },
      ];
      for (const server of nobody) {
        const error: unknown = await Probe.call(server as 'nobody', 'do', (n) => reply(n, n)).catch(
          (e: unknown) => e,
        );
        expect(error).toMatchObject({ reason: 'noproc', call: { args: [server, expect.anything(), 5_000] } });
      }
      await expect(Probe.call(undefined as never, 'do', (n) => reply(n, n))).rejects.toMatchObject({
        reason: 'noproc',
      });
    }));

  it('rejects with calling_self for the caller itself [semantics 54] [gs-007] [otp-gs-017]', () =>
    simulate(async () => {
      const server = await start(0);
      const reason = await ask(server, async (state) => {
        const error: unknown = await Probe.call(Probe.self(), 'do', (n) => reply(n, n)).catch(
          (e: unknown) => e,
        );
        return reply(error instanceof ExitError ? error.reason : error, state);
      });
      expect(reason).toBe('calling_self');
    }));

  it('rejects with timeout, five seconds unless told otherwise; the request still happens, its reply is dropped [semantics 54, 9] [gs-007]', () =>
    simulate(async ({ now }, { receive: take }) => {
      const server = await start(0);
      const slow: CallFn = async () => {
        await sleep(6_000);
        return reply('too late', 'happened');
      };
      await expect(Probe.call(server, 'do', slow)).rejects.toMatchObject({ reason: 'timeout' });
      expect(now()).toBe(5_000);
      expect(await Probe.call(server, 'do', (n) => reply(n, n))).toBe('happened');
      expect(await take(undefined, { timeout: 0 })).toBeUndefined();
    }));

  it('waits for ever with ‘infinity’', () =>
    simulate(async ({ now }) => {
      const server = await start(0);
      const slow: CallFn = async (n) => {
        await sleep(3_600_000);
        return reply('at last', n);
      };
      expect(await Probe.call(server, 'do', slow, { timeout: 'infinity' })).toBe('at last');
      expect(now()).toBe(3_600_000);
    }));

  it('takes zero for no time at all', () =>
    simulate(async () => {
      const server = await start(0);
      await expect(ask(server, async (n) => (await sleep(1), reply(n, n)), 0)).rejects.toMatchObject({
        reason: 'timeout',
      });
    }));

  it('ends the server for a return that is none, and for one that a cast must not have', () =>
    simulate(async ({ down, expectCrash }) => {
      const bad = { bad_return_value: 'garbage' };
      await expect(ask(await start(0), () => 'garbage' as never)).rejects.toMatchObject({ reason: bad });
      expectCrash(bad);
      const server = await start(0);
      Probe.cast(server, 'do', (() => reply(1, 2)) as never);
      expect(await down(server)).toEqual({ bad_return_value: reply(1, 2) });
      expectCrash({ bad_return_value: reply(1, 2) });
    }));

  it('ends the server for a step that is none', () =>
    simulate(async ({ expectCrash }) => {
      const steps = [{ timeout: -1 }, { timeout: Number.NaN }, 'sleep', { continue: 5 }, 5];
      for (const step of steps) {
        const result = reply(1, 2, step as never);
        await expect(ask(await start(0), () => result)).rejects.toMatchObject({
          reason: { bad_return_value: result },
        });
        expectCrash({ bad_return_value: result });
      }
    }));

  it('takes a thrown value that is no error as returned: a result, or a bad one [semantics 10]', () =>
    simulate(async ({ expectCrash }) => {
      const thrown =
        (value: unknown): CallFn =>
        () => {
          throw value;
        };
      const server = await start(0);
      expect(await ask(server, thrown(reply('thrown', 1)))).toBe('thrown');
      expect(await ask(server, async () => thrown(reply('thrown later', 1))(0, undefined as never))).toBe(
        'thrown later',
      );
      await expect(ask(server, thrown('x'))).rejects.toMatchObject({ reason: { bad_return_value: 'x' } });
      expectCrash({ bad_return_value: 'x' });
    }));

  it('ends the server with the reason that a callback exits with', () =>
    simulate(async ({ expectCrash }) => {
      await expect(ask(await start(0), () => exit('mid_call'))).rejects.toMatchObject({ reason: 'mid_call' });
      const nested = await start(0);
      const error: unknown = await ask(await start(0), () => ask(nested, () => exit('inner')) as never).catch(
        (e: unknown) => e,
      );
      // An uncaught failed call is itself the reason: OTP's {reason, {m, f, a}}.
      expect(error).toMatchObject({ reason: { reason: 'inner', call: { function: 'call' } } });
      expectCrash('mid_call');
      expectCrash('inner');
      expectCrash(ExitError);
    }));

  it.each([
    ['reply', (value: unknown, n: unknown) => reply(value, n)],
    ['stopReply', (value: unknown, n: unknown) => stopReply('normal', value, n)],
  ])('refuses a %s that is a promise, where the handler gives it', (_name, answer) =>
    simulate(async ({ expectCrash }) => {
      const forgetful: CallFn = (n) => answer(Promise.resolve(1), n);
      const error: unknown = await ask(await start(0), forgetful).catch((e: unknown) => e);
      expect(error).toMatchObject({
        reason: {
          name: 'TypeError',
          message: 'value must not be a promise: await it, in an async handler',
          stack: expect.stringMatching(/at \w+ .*callback-result[^]*at forgetful/),
        },
      });
      expectCrash(TypeError);
    }),
  );

  it('leaves the caller’s other messages alone, however many there are [otp-gs-031]', () =>
    simulate(async () => {
      const server = await start('fine');
      for (let n = 0; n < 10_000; n += 1) send(self<number>(), n);
      expect(await ask(server, (n) => reply(n, n))).toBe('fine');
      expect(await receive()).toBe(0);
    }));

  it('brings a big reply whole [otp-gs-036]', () =>
    simulate(async () => {
      const big = Array.from({ length: 100_000 }, (_, n) => ({ n }));
      expect(await ask(await start(0), (n) => reply(big, n))).toEqual(big);
    }));

  it('is not disturbed by a caller that dies', () =>
    simulate(async () => {
      const server = await start(0);
      const caller = spawn(async () => {
        await ask(server, async (n) => (await sleep(30), reply(1, n)));
      });
      await sleep(5);
      exit(caller, 'kill');
      expect(await ask(server, (n) => reply('fine', n))).toBe('fine');
    }));

  it('handles calls, casts and messages of one sender in their order [semantics 53]', () =>
    simulate(async () => {
      const server = await start([]);
      const add = (what: string) => (state: unknown) => noreply([...(state as string[]), what]);
      send(server, { type: 'do', fn: add('info') });
      Probe.cast(server, 'do', add('cast'));
      expect(await ask(server, (state) => reply(state, state))).toEqual(['info', 'cast']);
    }));

  it('works alike however messages are kept apart', async () => {
    for (const isolation of ['share', 'freeze', 'clone'] as const) {
      await simulate(
        async () => {
          const server = await start({ list: [1] });
          const sent = { list: [2] };
          const got = await ask(server, (_state, from) => {
            GenServer.reply(from, sent);
            return noreply(sent);
          });
          expect(got).toEqual(sent);
          expect(got === sent).toBe(isolation !== 'clone');
          expect(Object.isFrozen(sent)).toBe(isolation === 'freeze');
          expect(await GenServer.replaceState(server, () => 'replaced')).toBe('replaced');
          const request = GenServer.sendRequest(server, 'do', (n: unknown) => reply([n], n));
          expect(await GenServer.receiveResponse(request)).toEqual(['replaced']);
          await GenServer.stop(server, { shutdown: { why: [1] } });
        },
        { isolation },
      );
    }
  });

  it('does not save a linked caller from the exit of its server, whatever it catches', () =>
    simulate(async ({ down, expectCrash }) => {
      const seen: unknown[] = [];
      const caller = spawn(async () => {
        const server = await Probe.startLink(() => 0);
        try {
          await ask(server, () => exit('with its server'));
        } catch (error) {
          seen.push(error);
        }
        await sleep('infinity');
      });
      expect(await down(caller)).toBe('with its server');
      expect(seen).not.toContainEqual(expect.any(ExitError));
      expectCrash('with its server');
    }));

  it('rejects for bad arguments', () =>
    simulate(async () => {
      const server = await start(0);
      const same: CallFn = (n) => reply(n, n);
      await expect(ask(server, same, -1)).rejects.toThrow(RangeError);
      await expect(ask(server, same, Number.NaN)).rejects.toThrow(/timeout must be .* got NaN/);
      await expect(ask(server, same, '5' as never)).rejects.toThrow(TypeError);
      await expect(Probe.call(server, 'do', same, 500 as never)).rejects.toThrow(
        /options must be .* got 500/,
      );
      await expect(Probe.call(server, 'do', same, null as never)).rejects.toThrow(TypeError);
      await expect(Probe.call(5 as never, 'do', same)).rejects.toThrow(TypeError);
      await expect(Probe.call({ local: 5 } as never, 'do', same)).rejects.toThrow(TypeError);
      expect(isAlive(server)).toBe(true);
    }));
});

describe('GenServer.reply', () => {
  it('answers before the callback returns, and drops a second answer', () =>
    simulate(async (_, { receive: take }) => {
      const server = await start(0);
      const twice: CallFn = async (n, from) => {
        GenServer.reply(from, 'first');
        await sleep(20);
        return reply('second', n);
      };
      expect(await ask(server, twice)).toBe('first');
      await sleep(40);
      expect(await take(undefined, { timeout: 0 })).toBeUndefined();
      expect(isAlive(server)).toBe(true);
    }));

  it('names the caller in from', () =>
    simulate(async () => {
      expect(await ask(await start(0), (n, from) => reply(from.pid, n))).toBe(self());
    }));

  it('refuses what is no from', () =>
    simulate(() => {
      expect(() => GenServer.reply({} as never, 1)).toThrow(TypeError);
      expect(() => GenServer.reply(undefined as never, 1)).toThrow(TypeError);
    }));
});
