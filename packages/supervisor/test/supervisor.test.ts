import {
  AlreadyStartedError,
  exit,
  isAlive,
  isExit,
  type Pid,
  receive,
  StartError,
  self,
  send,
  sleep,
  spawn,
  trapExit,
  type Via,
  whereis,
} from '@coppice/core';
import { GenServer, ignore, stopInit } from '@coppice/gen-server';
import { type ChildSpec, Supervisor, type SupervisorInit, type SupervisorPid } from '@coppice/supervisor';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { children, ended, Workers } from './worker.ts';

const oneForOne = { strategy: 'one_for_one' } as const;
const strategies = ['one_for_one', 'one_for_all', 'rest_for_one'] as const;
const trap = { trap: true } as const;
const allowed = { crashes: 'allowed' } as const;

describe('Supervisor.startLink', () => {
  it.each(strategies)(
    'starts in order and stops in reverse: %s [otp-sup-030] [otp-sup-026] [semantics 80]',
    (strategy) =>
      simulated(async () => {
        const W = new Workers();
        const specs = [W.spec('a', trap), W.spec('b', trap), W.spec('c', trap)];
        const supervisor = await Supervisor.startLink(specs, { strategy });
        expect(W.log()).toBe('+a, +b, +c');
        expect(await children(supervisor)).toEqual([
          ['c', 'pid'],
          ['b', 'pid'],
          ['a', 'pid'],
        ]);
        expect(await Supervisor.countChildren(supervisor)).toEqual({
          specs: 3,
          active: 3,
          supervisors: 0,
          workers: 3,
        });
        await Supervisor.stop(supervisor);
        expect(W.log()).toBe('-c shutdown, -b shutdown, -a shutdown');
      })(),
  );

  it(
    'registers a local name, a global one, and one of a registry [sup-005] [sup-006] [sup-007] [otp-sup-018]',
    simulated(async () => {
      const book = new Map<unknown, Pid<never>>();
      const via: Via = {
        registerName: (key, pid) => !book.has(key) && book.set(key, pid) === book,
        unregisterName: (key) => book.delete(key),
        whereisName: (key) => book.get(key),
      };
      for (const name of ['tree', { global: 'tree' }, { via, key: 'tree' }] as const) {
        const supervisor = await Supervisor.startLink([], { ...oneForOne, name });
        expect(whereis(name)).toBe(supervisor);
        expect(await Supervisor.countChildren(name)).toMatchObject({ specs: 0 });
        await Supervisor.stop(name);
      }
    }),
  );

  it(
    'under a taken name rejects with who has it [sup-008]',
    simulated(async () => {
      trapExit(true);
      const Tree = Supervisor.name('taken');
      const first = await Supervisor.startLink([], { ...oneForOne, name: Tree });
      const second = Supervisor.startLink([], { ...oneForOne, name: Tree });
      await expect(second).rejects.toBeInstanceOf(AlreadyStartedError);
      // With the line that started it, which is up the stack of ten lines.
      await expect(second).rejects.toMatchObject({
        pid: first,
        stack: expect.stringContaining('supervisor.test.ts'),
      });
    }),
  );

  it(
    'stops what it has started, in reverse, when a child fails, and dies with the reason [otp-sup-039] [semantics 80]',
    simulated(async () => {
      trapExit(true);
      const W = new Workers();
      const bad = W.spec('c', { init: () => stopInit('nope') });
      const specs = [W.spec('a', trap), W.spec('b', trap), bad, W.spec('d', trap)];
      const failure = await Supervisor.startLink(specs, oneForOne).catch((error: unknown) => error);
      const reason = { shutdown: ['failed_to_start_child', 'c', 'nope'] };
      expect(failure).toBeInstanceOf(StartError);
      expect(failure).toMatchObject({ reason });
      expect(W.log()).toBe('+a, +b, ?c, -b shutdown, -a shutdown');
      expect(await receive(isExit)).toMatchObject({ reason });
    }, allowed),
  );

  const raised = new Error('in start');
  const failures: readonly (readonly [what: string, start: () => unknown, reason: unknown])[] = [
    ['gives something else', () => 'garbage', 'garbage'],
    ['gives nothing', () => undefined, undefined],
    ['throws', () => throwIt(raised), ['EXIT', raised]],
    ['rejects', () => Promise.reject(raised), ['EXIT', raised]],
    ['exits', () => exit('in_start'), ['EXIT', 'in_start']],
    ['throws no error', () => throwIt('ball'), 'ball'],
    ['fails as starts do', () => throwIt(new StartError('x', 'from_start')), 'from_start'],
    [
      'is no function when called',
      () => (undefined as unknown as () => unknown)(),
      ['EXIT', expect.any(TypeError)],
    ],
  ];
  it.each(failures)('a start function that %s fails it [otp-sup-039]', (_what, start, reason) =>
    simulated(async () => {
      trapExit(true);
      const spec = { id: 'c', start } as ChildSpec; // what is no start function is the test
      await expect(Supervisor.startLink([spec], oneForOne)).rejects.toMatchObject({
        code: 'start_failed',
        reason: { shutdown: ['failed_to_start_child', 'c', reason] },
      });
    })(),
  );

  it(
    'has the error of a failed start as cause, and names it in its message',
    simulated(async () => {
      trapExit(true);
      const spec = { id: 'c', start: () => Promise.reject(raised) };
      const failure: unknown = await Supervisor.startLink([spec], oneForOne).catch((error: unknown) => error);
      expect(failure).toMatchObject({ cause: raised, message: expect.stringContaining('Error: in start') });
    }),
  );

  it(
    'takes a caller that does not trap exits with it',
    simulated(async ({ down }) => {
      const caller = spawn(async () => {
        const spec = new Workers().spec('c', { init: () => stopInit('nope') });
        await Supervisor.startLink([spec], oneForOne);
      });
      expect(await down(caller)).toEqual({ shutdown: ['failed_to_start_child', 'c', 'nope'] });
    }, allowed),
  );

  it(
    'refuses two children of one id: a failed start of which nothing is left [otp-sup-005]',
    simulated(async () => {
      trapExit(true);
      const W = new Workers();
      const reason = ['start_spec', ['duplicate_child_name', 'a']];
      await expect(Supervisor.startLink([W.spec('a'), W.spec('a')], oneForOne)).rejects.toMatchObject({
        reason,
      });
      expect(W.log()).toBe('');
      expect(await receive(isExit)).toMatchObject({ reason });
    }, allowed),
  );

  it(
    'keeps a child that ignores its start, unless it is temporary [otp-sup-032] [otp-sup-033] [semantics 18]',
    simulated(async () => {
      const W = new Workers();
      const specs = [
        W.spec('a', { init: () => ignore() }),
        W.spec('b', { init: () => ignore(), restart: 'temporary' }),
        W.spec('c'),
      ];
      const supervisor = await Supervisor.startLink(specs, oneForOne);
      expect(await children(supervisor)).toEqual([
        ['c', 'pid'],
        ['a', undefined],
      ]);
      expect(await Supervisor.countChildren(supervisor)).toEqual({
        specs: 2,
        active: 1,
        supervisors: 0,
        workers: 2,
      });
    }),
  );

  it(
    'never leaves an unhandled rejection behind',
    simulated(async () => {
      trapExit(true);
      void Supervisor.startLink([{ id: 'c', start: () => Promise.reject(raised) }], oneForOne);
      void Supervisor.startLink([], { strategy: 'none' } as never);
      void Supervisor.whichChildren('nobody');
      void Supervisor.terminateChild('nobody', 'x');
      await sleep(10);
      expect(await receive(isExit)).toMatchObject({ reason: { shutdown: expect.anything() } });
    }),
  );
});

describe('a supervisor', () => {
  it(
    'nests: starts depth first, stops as the mirror, and counts by type [otp-sup-009] [otp-sup-010]',
    simulated(async () => {
      const W = new Workers();
      const inner = Supervisor.childSpec([W.spec('x', trap), W.spec('y', trap)], {
        ...oneForOne,
        id: 'inner',
      });
      const supervisor = await Supervisor.startLink([W.spec('a', trap), inner, W.spec('b', trap)], oneForOne);
      expect(W.log()).toBe('+a, +x, +y, +b');
      expect(await Supervisor.countChildren(supervisor)).toEqual({
        specs: 3,
        active: 3,
        supervisors: 1,
        workers: 2,
      });
      await Supervisor.stop(supervisor);
      expect(W.log()).toBe('-b shutdown, -y shutdown, -x shutdown, -a shutdown');
    }),
  );

  it(
    'gives its children shutdown whatever reason it is stopped with [semantics 19]',
    simulated(async ({ down }) => {
      trapExit(true);
      const W = new Workers();
      const supervisor = await Supervisor.startLink([W.spec('a', trap)], oneForOne);
      const end = down(supervisor);
      await Supervisor.stop(supervisor, ['custom', 1]);
      expect(await end).toEqual(['custom', 1]);
      expect(W.log()).toBe('+a, -a shutdown');
    }, allowed),
  );

  it.each(['normal', 'parent_gone'])(
    'ends when its parent ends with %s, and its children get shutdown [semantics 86]',
    (reason) =>
      simulated(async ({ down }) => {
        const W = new Workers();
        const me = self<SupervisorPid>();
        const parent = spawn(async ({ receive: wait }) => {
          send(me, await Supervisor.startLink([W.spec('a', trap)], oneForOne));
          await wait();
          exit(reason);
        });
        const supervisor = await receive<SupervisorPid>();
        const end = down(supervisor);
        send(parent as Pid<string>, 'go'); // its body takes any message
        expect(await end).toBe(reason);
        expect(W.log()).toBe('+a, -a shutdown');
      }, allowed)(),
  );

  it(
    'is not stopped by the exit signal of a stranger [semantics 86]',
    simulated(async () => {
      const supervisor = await Supervisor.startLink([], oneForOne);
      spawn(() => exit(supervisor, 'shutdown'));
      await sleep(10);
      expect(isAlive(supervisor)).toBe(true);
    }),
  );

  it(
    'that is killed takes its children with it [semantics 88]',
    simulated(async () => {
      trapExit(true);
      const W = new Workers();
      const supervisor = await Supervisor.startLink([W.spec('a', trap)], oneForOne);
      const worker = whereis('a');
      const ends = [ended(supervisor)];
      exit(supervisor, 'kill');
      expect(await ends[0]).toBe('killed');
      await sleep(1);
      expect(worker !== undefined && isAlive(worker)).toBe(false);
      expect(W.log()).toBe('+a, -a killed');
    }, allowed),
  );

  it(
    'answers system messages',
    simulated(async () => {
      const supervisor = await Supervisor.startLink([new Workers().spec('a')], oneForOne);
      expect(await GenServer.getStatus(supervisor as never)).toMatchObject({
        module: 'Supervisor',
        state: { children: 1 },
      });
      await GenServer.suspend(supervisor);
      const counts = Supervisor.countChildren(supervisor);
      await GenServer.resume(supervisor);
      expect(await counts).toMatchObject({ active: 1 });
    }),
  );

  it(
    'that is missing makes calls exit with noproc [partsup-021]',
    simulated(async () => {
      await expect(Supervisor.whichChildren('no_sup')).rejects.toMatchObject({
        reason: 'noproc',
        call: { module: 'GenServer', function: 'call', args: ['no_sup', 'which_children', 'infinity'] },
      });
      await expect(Supervisor.stop('no_sup')).rejects.toMatchObject({ reason: 'noproc' });
    }),
  );
});

describe('Supervisor.define', () => {
  it(
    'makes a module with startLink and childSpec [sup-001] [sup-010] [sup-003]',
    simulated(async () => {
      const W = new Workers();
      const Pair = Supervisor.define('Pair', (prefix: string) => ({
        strategy: 'one_for_all',
        maxRestarts: 9,
        children: [W.spec(`${prefix}1`), W.spec(`${prefix}2`)],
      }));
      expect(Pair.module).toBe('Pair');
      expect(Pair.childSpec('x')).toEqual({
        id: 'Pair',
        start: expect.any(Function),
        type: 'supervisor',
        modules: ['Pair'],
      });
      expect(
        Pair.childSpec('x', { name: 'pair', restart: 'transient', shutdown: 10, significant: true }),
      ).toMatchObject({
        id: 'pair',
        restart: 'transient',
        shutdown: 10,
        significant: true,
      });
      expect(Pair.childSpec('x', { name: 'pair', id: 7 })).toMatchObject({ id: 7 });
      const supervisor = await Pair.startLink('a', { name: 'pair' });
      expect(whereis('pair')).toBe(supervisor);
      const outer = await Supervisor.startLink([Pair.childSpec('b', { name: 'other' })], oneForOne);
      expect(await children('other')).toEqual([
        ['b2', 'pid'],
        ['b1', 'pid'],
      ]);
      expect(await Supervisor.whichChildren(outer)).toMatchObject([
        { id: 'other', type: 'supervisor', modules: ['Pair'] },
      ]);
    }),
  );

  it(
    'runs init anew, in the process of the supervisor, at each start',
    simulated(async () => {
      const runs: Pid<never>[] = [];
      const Tree = Supervisor.define('Tree', () => {
        runs.push(self());
        return { ...oneForOne, children: [] };
      });
      const outer = await Supervisor.startLink([Tree.childSpec()], oneForOne);
      const [first] = runs;
      if (first === undefined) throw new Error('init has not run');
      exit(first, 'kill');
      await ended(first);
      await Supervisor.countChildren(outer);
      expect(runs).toHaveLength(2);
      expect((await Supervisor.whichChildren(outer))[0]?.child).toBe(runs[1]);
    }, allowed),
  );

  it(
    'may be ignored [sup-010] [otp-sup-031]',
    simulated(async () => {
      const Off = Supervisor.define('Off', () => 'ignore');
      expect(await Off.startLink(undefined, { name: 'off' })).toBe('ignore');
      expect(whereis('off')).toBeUndefined();
      const supervisor = await Supervisor.startLink([Off.childSpec()], oneForOne);
      expect(await children(supervisor)).toEqual([['Off', undefined]]);
    }),
  );

  it(
    'fails to start when init gives something else, or a bad spec [sup-010] [otp-sup-037]',
    simulated(async () => {
      trapExit(true);
      const Bad = Supervisor.define('Bad', () => 7 as unknown as SupervisorInit);
      await expect(Bad.startLink()).rejects.toMatchObject({ reason: ['bad_return', ['Bad', 'init', 7]] });
      const Worse = Supervisor.define('Worse', () => ({ ...oneForOne, children: [{ id: 1 } as ChildSpec] }));
      await expect(Worse.startLink()).rejects.toMatchObject({ reason: ['start_spec', 'missing_start'] });
      const None = Supervisor.define('None', () => oneForOne as SupervisorInit);
      await expect(None.startLink()).rejects.toMatchObject({
        reason: ['start_spec', ['invalid_child_spec', undefined]],
      });
    }, allowed),
  );

  it(
    'fails to start when init throws [otp-sup-038]',
    simulated(async () => {
      trapExit(true);
      const error = new Error('in init');
      const Bad = Supervisor.define('Bad', (): SupervisorInit => throwIt(error));
      await expect(Bad.startLink()).rejects.toMatchObject({ code: 'start_failed', reason: error });
      expect(await receive(isExit)).toMatchObject({ reason: error });
    }, allowed),
  );

  it('refuses what is no module', () => {
    expect(() => Supervisor.define('', () => 'ignore')).toThrow('module must be a non-empty string, got ""');
    expect(() => Supervisor.define('X', 1 as never)).toThrow('init of X must be a function, got 1');
  });
});

function throwIt(error: unknown): never {
  throw error;
}
