import {
  AlreadyStartedError,
  type Exit,
  exit,
  isExit,
  type Name,
  type Pid,
  processInfo,
  receive,
  StartError,
  self,
  sleep,
  spawn,
  trapExit,
  unlink,
  type Via,
  whereis,
} from '@coppice/core';
import { GenServer, ignore, ok, reply, stop, stopInit } from '@coppice/gen-server';
import { simulate } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { makeProbe } from './probe.ts';

const { Probe } = makeProbe();
const Counter = GenServer.define('Counter', {
  init: (start: number) => start,
  call: { read: (n) => reply(n, n) },
});

/** A place for names that a map keeps. */
function makeVia(): Via<string> & { readonly calls: string[] } {
  const names = new Map<string, Pid<never>>();
  const calls: string[] = [];
  return {
    calls,
    registerName(key, pid) {
      calls.push(`register ${key}`);
      return !names.has(key) && names.set(key, pid) === names;
    },
    unregisterName(key) {
      calls.push(`unregister ${key}`);
      names.delete(key);
    },
    whereisName: (key) => names.get(key),
  };
}

async function exits(): Promise<unknown[]> {
  const reasons: unknown[] = [];
  await sleep(10);
  for (;;) {
    const message: Exit | undefined = await receive(isExit, { timeout: 0 });
    if (message === undefined) return reasons;
    reasons.push(message.reason);
  }
}

describe('startLink', () => {
  it('links, start does not, startMonitor monitors [gs-009] [otp-gs-001]', () =>
    simulate(async ({ down }) => {
      trapExit(true);
      const linked = await Counter.startLink(1);
      const alone = await Counter.start(2);
      const { pid, ref } = await Counter.startMonitor(3);
      expect(processInfo(self())?.links).toEqual([linked]);
      expect(await Counter.call(alone, 'read')).toBe(2);
      exit(pid, 'kill');
      expect(await receive()).toEqual({ type: 'DOWN', ref, object: pid, reason: 'killed' });
      exit(linked, 'kill');
      expect(await receive()).toEqual({ type: 'EXIT', from: linked, reason: 'killed' });
      await GenServer.stop(alone);
      expect(await down(alone)).toBe('normal');
    }));

  it('registers every kind of name, and tells who has a taken one [semantics 12] [gs-003] [gs-004] [gs-005] [otp-gs-001]', () =>
    simulate(async () => {
      const via = makeVia();
      const names: Name[] = ['local', { global: 'g' }, { global: ['any', 'term', 1] }, { via, key: 'v' }];
      for (const name of names) {
        const server = await Counter.start(5, { name });
        expect(whereis(name)).toBe(server);
        expect(await Counter.call(name, 'read')).toBe(5);
        const error: unknown = await Counter.start(6, { name }).catch((e: unknown) => e);
        expect(error).toBeInstanceOf(AlreadyStartedError);
        expect(error).toMatchObject({ pid: server });
        await GenServer.stop(name);
      }
      expect(whereis('local')).toBeUndefined();
      expect(whereis({ global: 'g' })).toBeUndefined();
    }));

  it('takes typed names, and none for undefined [gs-008]', () =>
    simulate(async () => {
      const counter = Counter.name('counter');
      const server = await Counter.start(5, { name: counter });
      expect(await Counter.call(counter, 'read')).toBe(5);
      expect(whereis(counter)).toBe(server);
      await Counter.start(6, { name: undefined as never });
    }));

  it('rejects for names that are none, and other bad options [gs-002] [otp-gs-001]', () =>
    simulate(async () => {
      const bad = ['', 1, null, {}, { local: 'x' }, { via: 'x', key: 'y' }, { via: makeVia() }];
      for (const name of bad) {
        await expect(Counter.start(1, { name: name as never })).rejects.toThrow(TypeError);
      }
      await expect(Counter.start(1, { timeout: -1 })).rejects.toThrow(RangeError);
      await expect(Counter.start(1, { timeout: 'soon' as never })).rejects.toThrow(/timeout/);
      await expect(Counter.start(1, { timeout: null as never })).rejects.toThrow(/timeout .* null/);
      await expect(Counter.start(1, { hibernateAfter: Number.NaN })).rejects.toThrow(/hibernateAfter .* NaN/);
      await expect(Counter.start(1, 'counter' as never)).rejects.toThrow(/options must be an object/);
      await expect(Counter.start(1, { mailbox: { limit: 0, onFull: 'exit' } })).rejects.toThrow(RangeError);
    }));

  it('leaves no link and no EXIT for a taken name [semantics 12] [gs-005]', () =>
    simulate(async () => {
      trapExit(true);
      await Counter.start(1, { name: 'taken' });
      await expect(Counter.startLink(2, { name: 'taken' })).rejects.toThrow(AlreadyStartedError);
      expect(processInfo(self())?.links).toEqual([]);
      expect(await exits()).toEqual([]);
    }));

  it('has its name before init runs, and holds it meanwhile [semantics 11]', () =>
    simulate(async () => {
      const first = Probe.start(
        async () => {
          await sleep(60);
          return whereis('early') === self();
        },
        { name: 'early' },
      );
      const error: unknown = await Probe.start(() => 1, { name: 'early' }).catch((e: unknown) => e);
      expect(error).toMatchObject({ pid: whereis('early') });
      const server = await first;
      expect(await GenServer.getState(server)).toBe(true);
    }));

  it('tells what it descends from and what it is', () =>
    simulate(async () => {
      const server = await Counter.start(1, { label: 'the counter' });
      expect(processInfo(server)).toMatchObject({ initialCall: 'Counter', label: 'the counter' });
      expect(processInfo(server)?.ancestors[0]).toBe(self());
    }));
});

describe('init', () => {
  const boom = new Error('in init');
  const failures: readonly (readonly [string, () => unknown, unknown])[] = [
    ['stop', () => stopInit('why'), 'why'],
    ['stop normal', () => stopInit('normal'), 'normal'],
    ['stop shutdown', () => stopInit('shutdown'), 'shutdown'],
    ['stop with a state', () => stop('why', 0), 'why'],
    [
      'an error',
      () => {
        throw boom;
      },
      boom,
    ],
    [
      'an error, later',
      async () => {
        await sleep(1);
        throw boom;
      },
      boom,
    ],
    [
      'a thrown value',
      () => {
        throw 'x';
      },
      { bad_return_value: 'x' },
    ],
    ['exit', () => exit('x'), 'x'],
    ['exit normal', () => exit('normal'), 'normal'],
    [
      'exit, later',
      async () => {
        await sleep(1);
        exit('x');
      },
      'x',
    ],
    ['a reply', () => reply(1, 2), { bad_return_value: reply(1, 2) }],
    ['a bad step', () => ok(1, { timeout: -1 }), { bad_return_value: ok(1, { timeout: -1 }) }],
  ];
  for (const [what, init, reason] of failures) {
    it(`fails the start and frees the name: ${what} [semantics 11] [otp-gs-001] [otp-gs-028]`, () =>
      simulate(async ({ expectCrash }) => {
        trapExit(true);
        const error: unknown = await Probe.startLink(init, { name: 'name' }).catch((e: unknown) => e);
        expect(error).toBeInstanceOf(StartError);
        expect(error).toMatchObject({ reason });
        expect(whereis('name')).toBeUndefined();
        expect(await exits()).toEqual([reason]);
        if (!['normal', 'shutdown'].includes(String(reason))) expectCrash(() => true);
      }));
  }

  it('may give its state bare, with ok, thrown, or later, whatever the state looks like [otp-gs-001]', () =>
    simulate(async () => {
      const inits: (() => unknown)[] = [
        () => 5,
        () => ok(5),
        async () => 5,
        () => {
          throw ok(5);
        },
      ];
      for (const init of inits) expect(await GenServer.getState(await Probe.start(init))).toBe(5);
      const state = { kind: 'ok', state: 1, step: undefined };
      expect(await GenServer.getState(await Probe.start(() => state))).toEqual(state);
    }));

  it('ignores: no process, a free name [otp-gs-001] [otp-gs-028]', () =>
    simulate(async () => {
      trapExit(true);
      expect(await Probe.startLink(() => ignore(), { name: 'name' })).toBe('ignore');
      expect(whereis('name')).toBeUndefined();
      expect(await exits()).toEqual(['normal']);
      expect(await Probe.startMonitor(() => ignore())).toBe('ignore');
    }));

  it('is killed when it takes too long; no EXIT comes of it [semantics 11] [otp-gs-001]', () =>
    simulate(async ({ now }) => {
      trapExit(true);
      const slow = () => sleep(500);
      await expect(Probe.startLink(slow, { timeout: 10, name: 'name' })).rejects.toMatchObject({
        reason: 'timeout',
      });
      expect(now()).toBe(10);
      expect(whereis('name')).toBeUndefined();
      expect(await exits()).toEqual([]);
    }));

  it('does not call terminate when it fails', () =>
    simulate(async ({ expectCrash }) => {
      const { Probe: Own, log } = makeProbe();
      await expect(Own.start(() => exit('no'))).rejects.toThrow(StartError);
      expectCrash('no');
      expect(log).toEqual([]);
    }));

  it('frees the name of a via', () =>
    simulate(async ({ expectCrash }) => {
      const via = makeVia();
      await expect(Probe.start(() => exit('no'), { name: { via, key: 'f' } })).rejects.toThrow(StartError);
      expect(via.calls).toEqual(['register f', 'unregister f']);
      expectCrash('no');
    }));

  it('takes a starter that dies: the linked server goes with it', () =>
    simulate(
      async ({ down }) => {
        const started: Pid<never>[] = [];
        const starter = spawn(async () => {
          started.push(await Counter.startLink(1));
          exit('gone');
        });
        expect(await down(starter)).toBe('gone');
        expect(await Promise.all(started.map(down))).toEqual(['gone']);
      },
      { crashes: 'allowed' },
    ));
});

describe('childSpec', () => {
  it('has the module as id, or the name, or the id; and only what is asked for [gs-001]', () =>
    simulate(async () => {
      const plain = Counter.childSpec(7);
      expect(plain).toEqual({ id: 'Counter', start: expect.any(Function), modules: ['Counter'] });
      expect(Counter.childSpec(7, { name: Counter.name('c') }).id).toBe('c');
      expect(Counter.childSpec(7, { name: { global: 'c' } }).id).toEqual({ global: 'c' });
      const full = Counter.childSpec(7, {
        id: 'x',
        restart: 'transient',
        shutdown: 'brutal_kill',
        significant: true,
      });
      expect(full).toMatchObject({
        id: 'x',
        restart: 'transient',
        shutdown: 'brutal_kill',
        significant: true,
      });
      const server = await plain.start();
      expect(await Counter.call(server, 'read')).toBe(7);
      expect(processInfo(self())?.links).toEqual([server]);
      unlink(server);
    }));

  it('throws for bad options', () => {
    expect(() => Counter.childSpec(1, 5 as never)).toThrow(/options must be an object/);
    expect(() => Counter.childSpec(1, { name: null as never })).toThrow(/name must be .* got null/);
  });
});

describe('self', () => {
  it('is the caller, checked to be such a server', () =>
    simulate(async () => {
      const server = await Probe.start(() => 0);
      const inside = await Probe.call(server, 'do', async (n) => {
        await sleep(1);
        return reply(Probe.self(), n);
      });
      expect(inside).toBe(server);
      expect(() => Probe.self()).toThrow(/Probe\.self\(\) was called by .* which is no Probe/);
      const other = await Probe.call(server, 'do', (n) => {
        try {
          return reply(Counter.self(), n);
        } catch (error) {
          return reply(error, n);
        }
      });
      expect(other).toBeInstanceOf(TypeError);
    }));
});

describe('define', () => {
  it('refuses callbacks that can’t work [otp-gs-057]', () => {
    const define = (module: unknown, callbacks: unknown) => () =>
      GenServer.define(module as never, callbacks as never);
    const init = () => 0;
    expect(define('', { init })).toThrow(/module must be a non-empty string/);
    expect(define('A', undefined)).toThrow(/callbacks of A must be an object/);
    expect(define('A', {})).toThrow(/must have 'init'/);
    expect(define('A', { init: 0 })).toThrow(/A: init must be a function, got 0/);
    expect(define('A', { init, handle_call: init })).toThrow(/A: handle_call is not a callback/);
    expect(define('A', { init, call: { add: 5 } })).toThrow(/A: call\.add must be a function, got 5/);
    expect(define('A', { init, cast: init })).toThrow(/A: cast must be an object of handlers/);
    expect(define('A', { init, terminate: 'x' })).toThrow(/A: terminate must be a function/);
    expect(define('A', { init, trapExit: 1 })).toThrow(/A: trapExit must be a boolean/);
  });

  it('finds requests by their own names only', () =>
    simulate(async ({ expectCrash }) => {
      for (const request of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
        const error: unknown = await Counter.call(await Counter.start(1), request as never).catch(
          (e: unknown) => e,
        );
        expect(error).toMatchObject({
          reason: { message: expect.stringContaining(`no call handler for ${request}`) },
        });
        expectCrash(request);
      }
    }));

  it('lets a request have any name', () =>
    simulate(async () => {
      const Odd = GenServer.define('Odd', {
        init: () => 0,
        call: {
          constructor: (n: number) => reply('own', n),
          ['__proto__']: (n: number) => reply('proto', n),
        },
      });
      const odd = await Odd.start();
      expect(await Odd.call(odd, 'constructor')).toBe('own');
      expect(await Odd.call(odd, '__proto__')).toBe('proto');
    }));
});

describe('GenServer.whereis', () => {
  it('finds by pid and by every kind of name [gs-012]', () =>
    simulate(async () => {
      const via = makeVia();
      const server = await Counter.start(1, { name: { via, key: 'v' } });
      expect(GenServer.whereis(server)).toBe(server);
      expect(GenServer.whereis({ via, key: 'v' })).toBe(server);
      expect(GenServer.whereis({ via, key: 'w' })).toBeUndefined();
      expect(GenServer.whereis('nobody')).toBeUndefined();
      expect(GenServer.whereis({ global: 'nobody' })).toBeUndefined();
      const local = await Counter.start(1, { name: 'here' });
      expect(GenServer.whereis('here')).toBe(local);
      expect(GenServer.whereis(Counter.name('here'))).toBe(local);
    }));
});
