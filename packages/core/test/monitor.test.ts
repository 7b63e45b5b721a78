import {
  alias,
  type Context,
  createNode,
  type Down,
  demonitor,
  exit,
  formatExit,
  Gen,
  isDown,
  monitor,
  type Pid,
  processInfo,
  receive,
  register,
  self,
  send,
  sleep,
  spawn,
  spawnMonitor,
  unalias,
  whereis,
} from '@coppice/core';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

const forever = async (): Promise<void> => sleep('infinity');

describe('monitor', () => {
  it(
    'stands in the lists of both sides, one for each call [otp-link-004]',
    simulated(() => {
      const other = spawn(forever);
      const refs = [monitor(other), monitor(other)];
      expect(new Set(refs).size).toBe(2);
      expect(processInfo(self())?.monitors).toEqual([other, other]);
      expect(processInfo(other)?.monitoredBy).toEqual([self(), self()]);
      for (const ref of refs) expect(demonitor(ref)).toBe(true);
      expect(processInfo(other)?.monitoredBy).toEqual([]);
    }),
  );

  it(
    'tells the reason of the running, the dead, the named and the missing [semantics 28] [otp-monitor-008]',
    simulated(async ({ down }) => {
      const running = spawn(forever, { name: 'worker' });
      const byPid = monitor(running);
      const byName = monitor('worker');
      exit(running, 'stopped');
      expect(await receive()).toEqual({ type: 'DOWN', ref: byPid, object: running, reason: 'stopped' });
      expect(await receive()).toEqual({
        type: 'DOWN',
        ref: byName,
        object: { local: 'worker', node: running.node },
        reason: 'stopped',
      });
      await down(running);
      const dead = monitor(running);
      expect(await receive()).toEqual({ type: 'DOWN', ref: dead, object: running, reason: 'noproc' });
      const missing = monitor('nobody');
      expect(await receive()).toEqual({
        type: 'DOWN',
        ref: missing,
        object: { local: 'nobody', node: running.node },
        reason: 'noproc',
      });
    }),
  );

  it(
    'comes after what the process sent before its end [otp-signal-011]',
    simulated(async () => {
      const me = self<number>();
      const { ref } = spawnMonitor(() => {
        for (let n = 0; n < 100; n += 1) send(me, n);
      });
      for (let n = 0; n < 100; n += 1) expect(await receive()).toBe(n);
      expect(await receive()).toMatchObject({ type: 'DOWN', ref });
    }),
  );

  it(
    'by name comes after what was sent before too, and carries the name [semantics 7] [otp-signal-012]',
    simulated(async () => {
      const me = self<string>();
      const child = spawn(
        async ({ receive }: Context<string>) => {
          await receive();
          send(me, 'last words');
        },
        { name: 'speaker' },
      );
      const ref = monitor('speaker');
      send(child, 'go');
      expect(await receive()).toBe('last words');
      expect(await receive()).toEqual({
        type: 'DOWN',
        ref,
        object: { local: 'speaker', node: child.node },
        reason: 'normal',
      });
    }),
  );

  it(
    'by name comes when the name is free [semantics 40] [otp-monitor-019]',
    simulated(async () => {
      for (let round = 0; round < 20; round += 1) {
        spawn(() => {}, { name: 'brief' });
        const ref = monitor('brief');
        await receive({ type: 'DOWN', ref } as never);
        expect(whereis('brief')).toBeUndefined();
        register(self(), 'brief');
        expect(whereis('brief')).toBe(self());
        spawn(forever);
        const { unregister } = await import('@coppice/core');
        unregister('brief');
      }
    }),
  );

  it(
    'of many watchers tells each once [otp-link-010]',
    simulated(async () => {
      const me = self<string>();
      const target = spawn(forever);
      for (let n = 0; n < 300; n += 1) {
        spawn(async ({ receive }: Context<Down>) => {
          const ref = monitor(target);
          if (n % 3 === 0) {
            demonitor(ref, { flush: true });
            return;
          }
          const { reason } = await receive({ type: 'DOWN', ref });
          send(me, formatExit(reason));
        });
      }
      await sleep(1);
      expect(processInfo(target)?.monitoredBy).toHaveLength(200);
      exit(target, 'over');
      for (let n = 0; n < 200; n += 1) expect(await receive()).toBe('over');
      await sleep(1);
      expect(processInfo(self())?.messageQueueLength).toBe(0);
    }),
  );

  it(
    'carries a very large reason [otp-monitor-016]',
    simulated(
      async () => {
        const reason = Array.from({ length: 100_000 }, (_, n) => n);
        const { ref } = spawnMonitor(() => exit(reason));
        expect(await receive(isDown)).toMatchObject({ ref, reason });
      },
      { crashes: 'allowed' },
    ),
  );

  it(
    'leaves no trace when either side has ended [otp-monitor-017]',
    simulated(async ({ down }) => {
      const target = spawn(forever);
      const watcher = spawn(async () => {
        monitor(target);
        await forever();
      });
      await sleep(1);
      expect(processInfo(target)?.monitoredBy).toEqual([watcher]);
      exit(watcher, 'kill');
      await down(watcher);
      expect(processInfo(target)?.monitoredBy).not.toContain(watcher);
      const ref = monitor(target);
      exit(target, 'kill');
      await receive(isDown);
      expect(processInfo(self())?.monitors).toEqual([]);
      expect(demonitor(ref)).toBe(false);
    }),
  );

  it(
    'puts a tag of the caller in place of DOWN, also for a missing process [otp-monitor-022] [otp-monitor-025] [otp-process-022]',
    simulated(
      async () => {
        const tag = 'X'.repeat(10_000);
        const { ref } = spawnMonitor(() => exit('tagged'), { monitor: { tag } });
        expect(await receive()).toMatchObject({ type: tag, ref, reason: 'tagged' });
        const missing = monitor('nobody', { tag: 'GONE' });
        expect(await receive()).toMatchObject({ type: 'GONE', ref: missing, reason: 'noproc' });
      },
      { crashes: 'allowed' },
    ),
  );

  it(
    'refuses what is no process, naming the parameter [otp-monitor-005]',
    simulated(() => {
      // @ts-expect-error a number is no process
      expect(() => monitor(1)).toThrow(/target must be .* got 1/);
      // @ts-expect-error nor is an object without a name's fields
      expect(() => monitor({})).toThrow(/target must be/);
    }),
  );
});

describe('demonitor', () => {
  it(
    'refuses what is no reference and what belongs to another [otp-monitor-006]',
    simulated(async () => {
      // @ts-expect-error a string is no reference
      expect(() => demonitor('ref')).toThrow(new TypeError('ref must be a reference, got "ref"'));
      const target = spawn(forever);
      const ref = monitor(target);
      const me = self<string>();
      spawn(() => {
        try {
          demonitor(ref);
        } catch (error) {
          send(me, String(error));
        }
      });
      expect(await receive()).toMatch(/ref must be a monitor of the calling process/);
    }),
  );

  it(
    'of an unknown or used reference does nothing [otp-monitor-007]',
    simulated(async () => {
      const { ref } = spawnMonitor(() => {});
      await receive(isDown);
      expect(demonitor(ref)).toBe(false);
      expect(demonitor(ref)).toBe(false);
    }),
  );

  it(
    'before the end keeps the DOWN away, after it leaves one that was delivered [semantics 6] [semantics 29] [otp-monitor-010]',
    simulated(async ({ down }) => {
      const first = spawn(forever);
      const ref = monitor(first);
      demonitor(ref);
      exit(first, 'kill');
      await down(first);
      expect(await receive(isDown, { timeout: 0 })).toBeUndefined();
      const second = spawnMonitor(() => {});
      await down(second.pid);
      demonitor(second.ref);
      expect(await receive(isDown, { timeout: 0 })).toMatchObject({ ref: second.ref });
    }),
  );

  it(
    'with flush takes a DOWN out of the mailbox, and only that one [otp-monitor-012]',
    simulated(async ({ down }) => {
      const [one, two] = [spawnMonitor(() => {}), spawnMonitor(() => {})];
      await down(one.pid);
      await down(two.pid);
      demonitor(one.ref, { flush: true });
      expect(processInfo(self())?.messages).toMatchObject([{ ref: two.ref }]);
    }),
  );

  it(
    'with flush takes out what came in place of a DOWN, by the tag of the monitor',
    simulated(async ({ down }) => {
      const target = spawn(() => {});
      const ref = monitor(target, { tag: 'ended' });
      await down(target);
      send(self<unknown>(), { type: 'note', ref });
      demonitor(ref, { flush: true });
      expect(processInfo(self())?.messages).toEqual([{ type: 'note', ref }]);
    }),
  );

  it(
    'tells whether there was a monitor to end [otp-monitor-013]',
    simulated(async ({ down }) => {
      const target = spawn(forever);
      const ref = monitor(target);
      expect(demonitor(ref)).toBe(true);
      expect(demonitor(ref)).toBe(false);
      const ended = spawnMonitor(() => {});
      await down(ended.pid);
      expect(demonitor(ended.ref, { flush: true })).toBe(false);
    }),
  );

  it(
    'ends the alias of the monitor [otp-monitor-015] [otp-monitor-023]',
    simulated(async () => {
      const target = spawn(forever);
      const ref = monitor(target, { alias: 'demonitor' });
      Gen.reply({ pid: self(), ref }, 'in time');
      expect(await receive()).toMatchObject({ type: 'reply', value: 'in time' });
      demonitor(ref);
      Gen.reply({ pid: self(), ref }, 'too late');
      expect(await receive(undefined, { timeout: 10 })).toBeUndefined();
      const once = monitor(target, { alias: 'reply_demonitor' });
      Gen.reply({ pid: self(), ref: once }, 'reply');
      expect(demonitor(once)).toBe(false);
      expect(await receive()).toMatchObject({ ref: once, value: 'reply' });
    }),
  );

  it(
    'does not make a DOWN that is on its way come by an ended alias [otp-monitor-024]',
    simulated(async ({ down }) => {
      const target = spawn(forever);
      const ref = monitor(target, { alias: 'explicit_unalias' });
      expect(unalias(ref)).toBe(true);
      exit(target, 'over');
      await down(target);
      expect(await receive(isDown)).toMatchObject({ ref, reason: 'over' });
      expect(await receive(undefined, { timeout: 10 })).toBeUndefined();
    }),
  );
});

describe('alias', () => {
  it(
    'reaches its process until unalias, then what is sent is dropped [process-015] [otp-process-085]',
    simulated(async () => {
      const ref = alias();
      const me = self<string>();
      spawn(() => {
        send(ref, 'by alias');
        send(me, 'sent');
      });
      expect(await receive()).toBe('by alias');
      expect(await receive()).toBe('sent');
      expect(unalias(ref)).toBe(true);
      expect(unalias(ref)).toBe(false);
      send(ref, 'dropped');
      expect(await receive(undefined, { timeout: 10 })).toBeUndefined();
    }),
  );

  it(
    'of the reply kind works once [process-016]',
    simulated(async () => {
      const ref = alias({ reply: true });
      send(ref, 'first');
      send(ref, 'second');
      expect(await receive()).toBe('first');
      expect(await receive(undefined, { timeout: 10 })).toBeUndefined();
      expect(unalias(ref)).toBe(false);
    }),
  );

  it(
    'of a monitor ends as its kind says [process-005] [otp-process-086]',
    simulated(async ({ down }) => {
      const target = spawn(forever);
      const explicit = monitor(target, { alias: 'explicit_unalias' });
      const bound = monitor(target, { alias: 'demonitor' });
      const once = monitor(target, { alias: 'reply_demonitor' });
      for (const ref of [explicit, bound, once]) {
        send(ref as never, 'one');
        send(ref as never, 'two');
      }
      expect(processInfo(self())?.messages).toEqual(['one', 'two', 'one', 'two', 'one']);
      exit(target, 'kill');
      await down(target);
      expect(
        processInfo(self())
          ?.messages.filter(isDown)
          .map((message) => message.ref),
      ).toEqual([explicit, bound]);
      send(bound as never, 'after its end');
      send(explicit as never, 'still there');
      expect(processInfo(self())?.messages.at(-1)).toBe('still there');
      expect(processInfo(self())?.messageQueueLength).toBe(8);
      expect(unalias(explicit)).toBe(true);
    }),
  );

  it(
    'of a monitor of oneself is an address for replies, though nothing is monitored',
    simulated(() => {
      const me = self();
      const ref = monitor(me, { alias: 'reply_demonitor' });
      send(ref as never, 'reply');
      send(ref as never, 'dropped');
      expect([unalias(ref), demonitor(ref)]).toEqual([false, false]);
      expect(processInfo(me)).toMatchObject({ messages: ['reply'], monitors: [] });
    }),
  );

  it(
    'is given with the monitor of a new process [otp-process-087]',
    simulated(async () => {
      const { ref } = spawnMonitor(forever, { monitor: { alias: 'reply_demonitor' } });
      send(ref as never, 'reply');
      send(ref as never, 'dropped');
      expect(await receive()).toBe('reply');
      expect(await receive(undefined, { timeout: 10 })).toBeUndefined();
    }),
  );
});

describe('a monitor across nodes of one program', () => {
  it('tells of the end of a process of another node', async () => {
    const [here, there] = [createNode({ name: 'here' }), createNode({ name: 'there' })];
    const target: Pid<never> = there.spawn(forever);
    const reason = await here.run(async ({ receive }: Context<Down>) => {
      const ref = monitor(target);
      exit(target, 'stopped from here');
      return (await receive({ type: 'DOWN', ref })).reason;
    });
    expect(reason).toBe('stopped from here');
  });
});
