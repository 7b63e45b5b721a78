import * as Process from '@coppice/core';
import {
  type Context,
  exit,
  groupLeader,
  isAlive,
  type Pid,
  priority,
  processes,
  processInfo,
  processTree,
  receive,
  register,
  self,
  send,
  setGroupLeader,
  setLabel,
  sleep,
  spawn,
  spawnLink,
} from '@coppice/core';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

const forever = async (): Promise<void> => sleep('infinity');

describe('processInfo', () => {
  it(
    'of oneself, of another, of the dead; refuses what is no pid [process-008] [otp-process-053] [otp-process-055] [otp-process-060]',
    simulated(async ({ down }) => {
      expect(processInfo(self())).toMatchObject({
        trapExit: false,
        status: 'running',
        links: [],
        messageQueueLength: 0,
      });
      const other = spawnLink(forever, { label: 'other', trapExit: true });
      await sleep(0);
      expect(processInfo(other)).toMatchObject({
        label: 'other',
        trapExit: true,
        status: 'waiting',
        links: [self()],
        parent: self(),
      });
      const dead = spawn(() => {});
      await down(dead);
      expect(processInfo(dead)).toBeUndefined();
      expect(isAlive(dead)).toBe(false);
      // @ts-expect-error a name is no pid
      expect(() => processInfo('name')).toThrow(new TypeError('pid must be a pid, got "name"'));
    }),
  );

  it(
    'and isAlive come after the exit signals that the caller has sent [semantics 67]',
    simulated(() => {
      const plain = spawn(forever);
      const trapping = spawn(forever, { trapExit: true });
      exit(plain, 'normal');
      exit(trapping, 'enough');
      expect([isAlive(plain), isAlive(trapping)]).toEqual([true, true]);
      exit(plain, 'enough');
      exit(trapping, 'kill');
      expect([isAlive(plain), isAlive(trapping)]).toEqual([false, false]);
      expect([processInfo(plain), processInfo(trapping)]).toEqual([undefined, undefined]);
    }),
  );

  it(
    'has no registered name until there is one [process-009]',
    simulated(() => {
      expect(processInfo(self())?.registeredName).toBeUndefined();
      register(self(), 'me');
      expect(processInfo(self())?.registeredName).toBe('me');
    }),
  );

  it(
    'shows the mailbox in order, of oneself and of another [otp-process-054] [otp-process-056]',
    simulated(() => {
      const other: Pid<number> = spawn(async (_: Context<number>) => forever());
      for (const n of [1, 2, 3]) {
        send(other, n);
        send(self<number>(), n);
      }
      expect(processInfo(other)?.messages).toEqual([1, 2, 3]);
      expect(processInfo(self())?.messages).toEqual([1, 2, 3]);
    }),
  );

  it(
    'tells what a process does [otp-process-059]',
    simulated(async () => {
      let release = (): void => {};
      const gate = new Promise<void>((resolve) => {
        release = resolve;
      });
      const waiting = spawn(async ({ receive }: Context<string>) => {
        await receive();
      });
      const foreign = spawn(async () => {
        await gate;
      });
      expect(processInfo(waiting)?.status).toBe('runnable');
      await sleep(0);
      expect(processInfo(waiting)?.status).toBe('waiting');
      expect(processInfo(foreign)?.status).toBe('running');
      release();
    }),
  );

  it(
    'knows the parent and the ancestors, by name where they have one [otp-process-065]',
    simulated(async () => {
      register(self(), 'root');
      const me = self<unknown>();
      const child = spawn(() => {
        spawn(() => {
          send(me, [Process.ancestors()[0], Process.ancestors()[1], processInfo(self())?.parent]);
        });
      });
      expect(await receive()).toEqual([child, 'root', child]);
    }),
  );
});

describe('processTree', () => {
  it(
    'prints who started whom, with names, labels and queues',
    simulated(async () => {
      register(self(), 'root');
      spawn(async function worker() {
        setLabel('shard 1');
        spawn(forever, { name: 'leaf' });
        await forever();
      });
      const busy = spawn(async function busy(_: Context<number>) {
        await forever();
      });
      await sleep(0);
      send(busy, 1);
      const text = processTree(self()).replaceAll(/#PID<[\d.]+>/g, '#PID');
      expect(text.split('\n')).toEqual([
        expect.stringMatching(/^root #PID /),
        '├─ shard 1 #PID worker',
        '│  └─ leaf #PID forever',
        '└─ #PID busy [1 queued]',
      ]);
      expect(processes().length).toBeGreaterThanOrEqual(4);
    }),
  );
});

describe('processes', () => {
  it(
    'lists who lives, oldest first, whoever has ended meanwhile',
    simulated(async ({ down }) => {
      const before = processes();
      const all = Array.from({ length: 9 }, () => spawn(forever));
      const ended = [0, 4, 5, 8].map((index) => all[index] as Pid<never>); // there are nine
      for (const pid of ended) exit(pid, 'kill');
      for (const pid of ended) await down(pid);
      const later = spawn(forever);
      const alive = all.filter((pid) => !ended.includes(pid));
      expect(processes()).toEqual([...before, ...alive, later]);
    }),
  );
});

describe('the process dictionary', () => {
  it(
    'get, put, delete, getKeys; not inherited [process-002]',
    simulated(async () => {
      expect(Process.get('k')).toBeUndefined();
      expect(Process.get('k', 'd')).toBe('d');
      expect(Process.put('k', 1)).toBeUndefined();
      expect(Process.put('k', 2)).toBe(1);
      expect(Process.getKeys()).toEqual(['k']);
      const me = self<unknown>();
      spawn(() => send(me, Process.get('k', 'nothing')));
      expect(await receive()).toBe('nothing');
      expect(Process.delete('k')).toBe(2);
      expect(Process.delete('k')).toBeUndefined();
    }),
  );
});

describe('flags', () => {
  it(
    'group leader: read, set, inherited [process-003]',
    simulated(async ({ node, down }) => {
      expect(groupLeader()).toBe(node.main);
      const leader = spawn(forever);
      setGroupLeader(leader);
      const me = self<unknown>();
      spawn(() => send(me, groupLeader()));
      expect(await receive()).toBe(leader);
      const other = spawn(forever);
      setGroupLeader(me, other);
      expect(processInfo(other)?.groupLeader).toBe(me);
      const dead = spawn(() => {});
      await down(dead);
      expect(() => setGroupLeader(me, dead)).toThrow(
        new TypeError(`pid must be a live process, got ${dead}`),
      );
    }),
  );

  it(
    'priority returns the old value; a bad one is refused',
    simulated(() => {
      expect(priority('high')).toBe('normal');
      expect(priority('normal')).toBe('high');
      // @ts-expect-error one of four
      expect(() => priority('urgent')).toThrow(
        /level must be 'low', 'normal', 'high' or 'max', got "urgent"/,
      );
    }),
  );
});

describe('pids', () => {
  it(
    'stay themselves wherever they are sent, print as text, and are never used again [semantics 45]',
    simulated(
      async ({ down }) => {
        const seen = new Set<string>();
        for (let n = 0; n < 100; n += 1) {
          const pid = spawn(() => {});
          await down(pid);
          seen.add(String(pid));
        }
        expect(seen.size).toBe(100);
        const child = spawn(forever);
        send(self<unknown>(), { deep: [{ pid: child }] });
        expect(await receive()).toEqual({ deep: [{ pid: child }] });
        send(self<unknown>(), [child]);
        const [same] = await receive<[Pid<never>]>();
        expect(same).toBe(child);
        expect(JSON.stringify({ child })).toMatch(/"#PID<0\.\d+\.0>"/);
        exit(child, 'kill');
      },
      { isolation: 'clone' },
    ),
  );
});

describe('the status of a body', () => {
  it(
    'is hibernated until its next message',
    simulated(async () => {
      const pid = spawn(async ({ receive }: Context<number>) => {
        Process.hibernate();
        await receive();
        await forever();
      });
      await sleep(0);
      expect(processInfo(pid)?.status).toBe('hibernated');
      send(pid, 1);
      await sleep(0);
      expect(processInfo(pid)?.status).toBe('waiting');
    }),
  );
});
