import { Agent, type AgentPid } from '@coppice/agent';
import {
  AlreadyStartedError,
  ExitError,
  exit,
  isExit,
  processInfo,
  receive,
  StartError,
  self,
  sleep,
  spawn,
  trapExit,
  unlink,
  whereis,
} from '@coppice/core';
import { GenServer, reply } from '@coppice/gen-server';
import { simulate } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

const increment = (n: number): number => n + 1;
const read = <S>(state: S): S => state;
/** The functions that wait, for code without types. */
const asks = [Agent.get, Agent.update, Agent.getAndUpdate] as unknown as readonly ((
  agent: unknown,
  fn: unknown,
  options?: unknown,
) => Promise<unknown>)[];

describe('Agent', () => {
  it('keeps a state that functions read and change, without a name [agent-004]', () =>
    simulate(async ({ down }) => {
      const agent = await Agent.startLink(() => new Map<string, number>());
      expect(processInfo(self())?.links).toEqual([agent]);
      expect(await Agent.update(agent, (map) => new Map(map).set('hello', 1))).toBeUndefined();
      expect(await Agent.get(agent, (map) => map.get('hello'))).toBe(1);
      expect(await Agent.getAndUpdate(agent, (map) => [map.get('hello'), new Map()])).toBe(1);
      expect(await Agent.get(agent, (map) => map.size)).toBe(0);
      Agent.cast(agent, (map) => new Map(map).set('hello', 2));
      expect(await Agent.get(agent, (map) => map.get('hello'))).toBe(2);
      expect(await Agent.stop(agent)).toBeUndefined();
      expect(await down(agent)).toBe('normal');
    }));

  it('takes arguments after the state, and frees its name when it stops [agent-006]', () =>
    simulate(async () => {
      const agent = Agent.name<number>('agent');
      const pid = await Agent.start(() => 1, { name: agent });
      expect(whereis(agent)).toBe(pid);
      const add = (n: number, by: number, more: number): number => n + by + more;
      await Agent.update(agent, add, { args: [2, 3] });
      expect(await Agent.get(agent, (n, by: number) => n * by, { args: [10] })).toBe(60);
      expect(await Agent.getAndUpdate(agent, (n, by: number) => [n, n - by] as const, { args: [5] })).toBe(6);
      Agent.cast(agent, add, { args: [4, 5] });
      expect(await Agent.get('agent', read)).toBe(10);
      await Agent.stop(agent);
      expect(whereis(agent)).toBeUndefined();
    }));

  it('takes every kind of name, and tells who has a taken one', () =>
    simulate(async () => {
      const names = ['local', { global: ['any', 'term'] }] as const;
      for (const name of names) {
        const pid = await Agent.start(() => 7, { name });
        const error: unknown = await Agent.startLink(() => 8, { name }).catch((e: unknown) => e);
        expect(error).toBeInstanceOf(AlreadyStartedError);
        expect(error).toMatchObject({ pid });
        expect(await Agent.get(name, read)).toBe(7);
      }
    }));

  it('loses no update of many at once [semantics 57]', () =>
    simulate(async () => {
      const agent = await Agent.start(() => 0);
      await Promise.all(Array.from({ length: 100 }, () => Agent.update(agent, increment)));
      expect(await Agent.get(agent, read)).toBe(100);
    }));

  it('runs its functions in the agent [semantics 57]', () =>
    simulate(async () => {
      const agent = await Agent.start(() => self());
      expect(await Agent.get(agent, read)).toBe(agent);
      expect(await Agent.get(agent, () => self())).toBe(agent);
    }));

  it('takes async functions, and handles nothing else meanwhile [semantics 57]', () =>
    simulate(async ({ now }) => {
      const agent = await Agent.start(async () => (await sleep(5), 0));
      expect(now()).toBe(5);
      const slow = Agent.update(agent, async (n) => (await sleep(100), n + 1));
      const quick = Agent.get(agent, read);
      expect(await quick).toBe(1);
      await slow;
      expect(now()).toBe(105);
      expect(await Agent.getAndUpdate(agent, async (n) => [n, n + 1])).toBe(1);
      Agent.cast(agent, async (n) => n + 1);
      expect(await Agent.get(agent, async (n) => n)).toBe(3);
    }));

  it('keeps a state that looks like a callback’s result', () =>
    simulate(async () => {
      const state = reply(1, 2);
      const agent = await Agent.start(() => state);
      expect(await Agent.get(agent, read)).toEqual(state);
      await Agent.update(agent, read);
      expect(await Agent.getAndUpdate(agent, (s) => [s, s])).toEqual(state);
    }));

  it('times out after five seconds unless told otherwise; the update still happens [semantics 9]', () =>
    simulate(async ({ now }) => {
      const agent = await Agent.start(() => 0);
      const slow = async (n: number): Promise<number> => (await sleep(6_000), n + 1);
      const error: unknown = await Agent.update(agent, slow).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(ExitError);
      expect(error).toMatchObject({ reason: 'timeout', call: { module: 'GenServer', function: 'call' } });
      expect(now()).toBe(5_000);
      expect(await Agent.get(agent, read, { timeout: 'infinity' })).toBe(1);
      await expect(Agent.get(agent, slow, { timeout: 10 })).rejects.toMatchObject({ reason: 'timeout' });
    }));

  it('ends with the error of a function, which the caller gets [semantics 58]', () =>
    simulate(async ({ down, expectCrash }) => {
      trapExit(true);
      const boom = new Error('boom');
      const raise = (): never => {
        throw boom;
      };
      for (const ask of asks) {
        const agent = await Agent.startLink(() => 0);
        const error: unknown = await ask(agent, raise).catch((e: unknown) => e);
        expect(error).toMatchObject({ reason: boom, call: { args: [agent, expect.anything(), 5_000] } });
        expect(await receive(isExit)).toMatchObject({ from: agent, reason: boom });
      }
      const agent = await Agent.start(() => 0);
      Agent.cast(agent, async () => raise());
      expect(await down(agent)).toBe(boom);
      expectCrash('boom');
    }));

  it('ends on a pair that is none', () =>
    simulate(async ({ expectCrash }) => {
      for (const bad of [5, [1], [1, 2, 3], { length: 2 }]) {
        const agent = await Agent.start(() => 0);
        const asked = Agent.getAndUpdate(agent, () => bad as never);
        await expect(asked).rejects.toMatchObject({ reason: { bad_return_value: bad } });
        expectCrash({ bad_return_value: bad });
      }
    }));

  it('is missed by get, not by cast', () =>
    simulate(async () => {
      const nobody = Agent.name<number>('nobody');
      await expect(Agent.get(nobody, read)).rejects.toMatchObject({
        reason: 'noproc',
        call: { args: ['nobody', ['get', expect.anything()], 5_000] },
      });
      await expect(Agent.stop(nobody)).rejects.toMatchObject({
        reason: 'noproc',
        call: { function: 'stop' },
      });
      Agent.cast(nobody, increment);
      Agent.cast({ global: 'nobody' }, increment);
    }));

  it('fails to start when its function throws, exits or takes too long', () =>
    simulate(async ({ expectCrash }) => {
      const boom = new Error('boom');
      const failing = Agent.start(
        () => {
          throw boom;
        },
        { name: 'a' },
      );
      await expect(failing).rejects.toMatchObject({ reason: boom });
      await expect(Agent.start(() => exit('no'), { name: 'a' })).rejects.toThrow(StartError);
      expect(whereis('a')).toBeUndefined();
      const slow = Agent.start(() => sleep(100), { timeout: 10 });
      await expect(slow).rejects.toMatchObject({ reason: 'timeout' });
      expectCrash('boom');
      expectCrash('no');
    }));

  it('stops with a reason', () =>
    simulate(async ({ down }) => {
      const agent = await Agent.start(() => 0);
      await Agent.stop(agent, 'shutdown', 100);
      expect(await down(agent)).toBe('shutdown');
    }));

  it('answers system messages as any server', () =>
    simulate(async () => {
      const agent = await Agent.start(() => 5);
      expect(await GenServer.getStatus(agent)).toEqual({ module: 'Agent', status: 'running', state: 5 });
    }));

  it('is refused bad arguments at the edge, and lives on', () =>
    simulate(async () => {
      const agent = await Agent.start(() => 0);
      for (const ask of asks) {
        await expect(ask(agent, 5)).rejects.toThrow(/fn must be a function, got 5/);
        await expect(ask(agent, read, { args: 5 })).rejects.toThrow(/args must be an array, got 5/);
        await expect(ask(agent, read, { timeout: Number.NaN })).rejects.toThrow(RangeError);
        await expect(ask(agent, read, 5)).rejects.toThrow(/options must be an object .* got 5/);
        await expect(ask(5, read)).rejects.toThrow(TypeError);
      }
      expect(() => Agent.cast(agent, read, 5 as never)).toThrow(/options must be an object .* got 5/);
      expect(() => Agent.cast(agent, 5 as never)).toThrow(/fn must be a function, got 5/);
      await expect(Agent.start(5 as never)).rejects.toThrow(/init must be a function, got 5/);
      await expect(Agent.startLink(undefined as never)).rejects.toThrow(TypeError);
      await expect(Agent.start(() => 0, { timeout: -1 })).rejects.toThrow(RangeError);
      await expect(Agent.start(() => 0, { name: 5 as never })).rejects.toThrow(TypeError);
      expect(() => Agent.childSpec(5 as never)).toThrow(/init must be a function, got 5/);
      expect(() => Agent.name('')).toThrow(TypeError);
      expect(await Agent.get(agent, read)).toBe(0);
    }));
});

describe('Agent.childSpec', () => {
  it('starts the agent linked, each time with its first state [agent-002]', () =>
    simulate(async () => {
      const agent = Agent.name<number>('agent');
      const spec = Agent.childSpec(() => 7, { name: agent });
      for (let round = 0; round < 2; round += 1) {
        const pid = await spec.start();
        expect(processInfo(self())?.links).toEqual([pid]);
        await Agent.update(agent, increment);
        expect(await Agent.get(pid, read)).toBe(8);
        unlink(pid);
        await Agent.stop(pid);
      }
    }));

  it('has the name as id, or Agent, and what is asked for [agent-003]', () => {
    const zero = (): number => 0;
    expect(Agent.childSpec(zero)).toEqual({ id: 'Agent', start: expect.any(Function), modules: ['Agent'] });
    expect(Agent.childSpec(zero, { name: 'counter' }).id).toBe('counter');
    const full = Agent.childSpec(zero, {
      id: 1,
      restart: 'temporary',
      shutdown: 'brutal_kill',
      significant: false,
    });
    expect(full).toMatchObject({ id: 1, restart: 'temporary', shutdown: 'brutal_kill', significant: false });
  });
});

describe('an agent’s owner', () => {
  it('takes a linked agent with it', () =>
    simulate(async ({ down }) => {
      const started: AgentPid<number>[] = [];
      const owner = spawn(async () => {
        started.push(await Agent.startLink(() => 0));
        exit('shutdown');
      });
      expect(await down(owner)).toBe('shutdown');
      expect(await Promise.all(started.map(down))).toEqual(['shutdown']);
    }));
});
