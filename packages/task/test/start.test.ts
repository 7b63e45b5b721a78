import {
  ancestors,
  callers,
  exit,
  isAlive,
  isDown,
  isReply,
  type Pid,
  processInfo,
  receive,
  self,
  send,
  sleep,
  spawn,
  trapExit,
} from '@coppice/core';
import { GenServer, noreply, reply } from '@coppice/gen-server';
import { Supervisor } from '@coppice/supervisor';
import { Task, TaskSupervisor } from '@coppice/task';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { mailbox } from './mailbox.ts';

describe('Task.async', () => {
  it(
    'runs a function in a process of its own, linked to and monitored by its owner [task-004]',
    simulated(async () => {
      const me = self();
      const task = Task.async(async function look() {
        await receive((message) => message === 'go');
        return { ancestors: ancestors(), callers: callers(), self: self() };
      });
      expect(Object.keys(task).sort()).toEqual(['owner', 'pid', 'ref']);
      expect(task.owner).toBe(me);
      const mine = processInfo(me);
      expect(mine?.links).toContain(task.pid);
      expect(mine?.monitors).toContain(task.pid);
      expect(processInfo(task.pid)?.initialCall).toBe('Task look');
      send(task.pid as Pid<string>, 'go');
      // Nobody awaits it: the value is a message, with the task's reference, and its DOWN is the next.
      const answer = await receive(isReply);
      expect(answer.ref).toBe(task.ref);
      expect(answer.value).toMatchObject({ callers: [me], self: task.pid });
      expect((answer.value as { ancestors: unknown[] }).ancestors[0]).toBe(me);
      expect(await receive(isDown)).toMatchObject({ ref: task.ref, reason: 'normal' });
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'passes arguments by a closure, to any function [task-005]',
    simulated(async () => {
      const upper = (text: string): string => text.toUpperCase();
      expect(await Task.await(Task.async(() => upper('abc')))).toBe('ABC');
      expect(await Task.await(Task.async(async () => upper('abc')))).toBe('ABC');
      expect(await Task.await(Task.async(async () => Task.await(Task.async(() => 1))))).toBe(1);
    }),
  );

  it(
    'knows on whose behalf it works, through tasks of tasks [task-006]',
    simulated(async () => {
      const outer = Task.async(async () => {
        const inner = Task.async(() => callers());
        return { of: self(), inner: await Task.await(inner) };
      });
      const { of, inner } = await Task.await(outer);
      expect(inner).toEqual([of, self()]);
    }),
  );

  it(
    'is not a promise',
    simulated(async () => {
      const task = Task.async(() => 1);
      expect(await Promise.resolve(task)).toBe(task);
      await Task.await(task);
    }),
  );

  it(
    'ends an owner that does not trap exits when it crashes, awaited or not [semantics 59]',
    simulated(async ({ down, expectCrash }) => {
      const boom = new Error('boom');
      const owner = spawn(async () => {
        Task.async(() => {
          throw boom;
        });
        await sleep('infinity');
      });
      expect(await down(owner)).toBe(boom);
      expectCrash(boom);
    }),
  );

  it(
    'ends with its owner, unless that ends normally [semantics 59]',
    simulated(async ({ down }) => {
      const ownerThat = (end: () => void): Promise<Pid<never>> => {
        const me = self<Pid<never>>();
        spawn(() => {
          send(me, Task.async(() => sleep(100)).pid);
          end();
        });
        return receive<Pid<never>>();
      };
      expect(await down(await ownerThat(() => exit('gone')))).toBe('gone');
      expect(await down(await ownerThat(() => {}))).toBe('normal');
    }),
  );

  it(
    'answers a server that does not wait: a reply, then a DOWN',
    simulated(async () => {
      const Worker = GenServer.define('Worker', {
        init: (): readonly unknown[] => [],
        call: {
          start: (seen) => (Task.async(() => 'value'), reply(undefined, seen)),
          seen: (seen) => reply(seen, seen),
        },
        info: {
          reply: (seen, message: { readonly type: 'reply'; readonly value: unknown }) =>
            noreply([...seen, message.value]),
          DOWN: (seen, { reason }) => noreply([...seen, reason]),
        },
      });
      const server = await Worker.start();
      await Worker.call(server, 'start');
      await sleep(1);
      expect(await Worker.call(server, 'seen')).toEqual(['value', 'normal']);
    }),
  );

  it(
    'refuses what is no function, and says what was given',
    simulated(() => {
      expect(() => Task.async(5 as never)).toThrow(new TypeError('body must be a function, got 5'));
      expect(() => Task.async(Promise.resolve(1) as never)).toThrow(
        /an instance of Promise: the function that makes it/,
      );
      expect(() => Task.start(undefined as never)).toThrow(TypeError);
      expect(() => Task.startLink(null as never)).toThrow(TypeError);
      expect(() => Task.childSpec({} as never)).toThrow(TypeError);
    }),
  );
});

describe('Task.start', () => {
  it(
    'is linked to nobody, and says what it runs [task-007]',
    simulated(async ({ down, expectCrash }) => {
      const pid = Task.start(async function cleanUp() {
        await sleep(10);
        throw new Error('boom');
      });
      expect(processInfo(pid)).toMatchObject({
        links: [],
        monitoredBy: [],
        initialCall: 'Task cleanUp',
        callers: [self()],
      });
      expectCrash('boom');
      expect(await down(pid)).toMatchObject({ message: 'boom' });
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'takes what it runs on by a closure, and drops its value [task-008]',
    simulated(async ({ down }) => {
      const seen: string[] = [];
      const note = (text: string): number => seen.push(text);
      expect(await down(Task.start(() => note('sent')))).toBe('normal');
      expect(seen).toEqual(['sent']);
      expect(await mailbox()).toEqual([]);
    }),
  );

  it(
    'is called Task where its function has no name',
    simulated(async ({ down }) => {
      const pid = Task.start(() => sleep(1));
      expect(processInfo(pid)?.initialCall).toBe('Task');
      await down(pid);
    }),
  );

  it(
    'outlives its caller [semantics 59]',
    simulated(async ({ down }) => {
      const me = self<Pid<never>>();
      const caller = spawn(() => {
        send(
          me,
          Task.start(() => sleep(50)),
        );
        exit('gone');
      });
      const task = await receive<Pid<never>>();
      expect(await down(caller)).toBe('gone');
      expect(isAlive(task)).toBe(true);
      expect(await down(task)).toBe('normal');
    }),
  );
});

describe('Task.startLink', () => {
  it(
    'is linked to its caller [task-010]',
    simulated(async ({ down }) => {
      const task = Task.startLink(() => sleep(5));
      expect(processInfo(self())?.links).toContain(task);
      expect(processInfo(task)?.links).toContain(self());
      expect(await down(task)).toBe('normal');
    }),
  );

  const boom = new Error('boom');
  const endings: readonly (readonly [string, () => void, unknown])[] = [
    ['exit', () => exit('boom'), 'boom'],
    [
      'an error',
      () => {
        throw boom;
      },
      boom,
    ],
    [
      'a throw',
      () => {
        throw 'ball';
      },
      { nocatch: 'ball' },
    ],
  ];
  it.each(endings)('ends its caller by %s [task-011]', (_how, fail, reason) =>
    simulated(async ({ down, expectCrash }) => {
      const caller = spawn(async () => {
        Task.startLink(fail);
        await sleep('infinity');
      });
      expectCrash();
      expect(await down(caller)).toEqual(reason);
    })(),
  );

  it(
    'knows on whose behalf it works [task-012]',
    simulated(async () => {
      const me = self<readonly Pid<never>[]>();
      Task.startLink(() => {
        Task.startLink(() => send(me, callers()));
      });
      const chain = await receive<readonly Pid<never>[]>();
      expect(chain).toHaveLength(2);
      expect(chain[1]).toBe(me);
    }),
  );
});

describe('Task.completed', () => {
  it(
    'has its value and no process [task-009]',
    simulated(async () => {
      const awaited = Task.completed('value');
      expect(awaited.pid).toBeUndefined();
      expect(awaited.owner).toBe(self());
      expect(await Task.await(awaited, 0)).toBe('value');
      expect(await Task.yield(Task.completed('value'), 0)).toEqual({ ok: true, value: 'value' });
      expect(await Task.awaitMany([Task.completed(1), Task.async(() => 'two'), Task.completed(3)])).toEqual([
        1,
        'two',
        3,
      ]);
      expect(await mailbox()).toEqual([]);
    }),
  );
});

describe('Task.childSpec', () => {
  it(
    'is temporary, with the id Task, unless its options say otherwise [task-003]',
    simulated(() => {
      const spec = Task.childSpec(() => 'ok');
      expect(spec).toMatchObject({ id: 'Task', restart: 'temporary', modules: ['Task'] });
      expect(spec.start).toBeTypeOf('function');
      const other = Task.childSpec(() => 'ok', { id: 'mine', restart: 'permanent', shutdown: 'brutal_kill' });
      expect(other).toMatchObject({ id: 'mine', restart: 'permanent', shutdown: 'brutal_kill' });
    }),
  );

  it(
    'puts a task among the children of a supervisor [task-002]',
    simulated(async ({ down }) => {
      const me = self<Pid<never>>();
      const supervisor = await Supervisor.startLink(
        [
          Task.childSpec(async () => {
            send(me, self());
            await sleep(10);
          }),
          TaskSupervisor.childSpec(),
        ],
        { strategy: 'one_for_one' },
      );
      const task = await receive<Pid<never>>();
      expect(await Supervisor.countChildren(supervisor)).toMatchObject({ active: 2, workers: 1 });
      expect(await down(task)).toBe('normal');
      expect(await Supervisor.countChildren(supervisor)).toMatchObject({ active: 1, workers: 0 });
    }),
  );
});

describe('a crash of a task', () => {
  it(
    'is reported with what it ran and for whom, also where it calls exit',
    simulated(async ({ down, expectCrash }) => {
      trapExit(true);
      for (const reason of ['bad', 'shutdown']) await down(Task.start(() => exit(reason)));
      expectCrash('bad');
    }),
  );
});
