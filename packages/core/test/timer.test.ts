import {
  applyAfter,
  type Context,
  cancelTimer,
  exit,
  makeRef,
  monotonicTime,
  readTimer,
  receive,
  register,
  self,
  send,
  sendAfter,
  sendInterval,
  sleep,
  spawn,
  startTimer,
  systemTime,
  type TimerRef,
  timed,
} from '@coppice/core';
import { onNode, simulated } from '@coppice/testing';
import { describe, expect, it, vi } from 'vitest';

const forever = async (): Promise<void> => sleep('infinity');
const me = () => self<unknown>();

describe('sendAfter', () => {
  it(
    'delivers once due, in the order of the due times [process-010]',
    simulated(async ({ now }) => {
      sendAfter(me(), 3, 45);
      sendAfter(me(), 1, 5);
      sendAfter(me(), 2, 25);
      expect([await receive(), await receive(), await receive()]).toEqual([1, 2, 3]);
      expect(now()).toBe(45);
    }),
  );

  it(
    'at a point in monotonic time, by subtraction [process-011]',
    simulated(async ({ now }) => {
      await sleep(7);
      const at = 50;
      sendAfter(me(), 'at 50', at - monotonicTime());
      await receive();
      expect(now()).toBe(50);
    }),
  );

  it(
    'is cancelled without an answer, or with one that comes as a message',
    simulated(async () => {
      expect(cancelTimer(sendAfter(me(), 'never', 5_000), { info: false })).toBeUndefined();
      const ref = sendAfter(me(), 'never', 5_000);
      expect(cancelTimer(ref, { async: true })).toBeUndefined();
      expect(await receive()).toEqual({ type: 'cancel_timer', ref, left: 5_000 });
      expect(cancelTimer(ref, { async: true, info: false })).toBeUndefined();
      expect(await receive(undefined, { timeout: 10_000 })).toBeUndefined();
    }),
  );

  it(
    'gives a reference that can be read and cancelled, once [semantics 49] [process-012]',
    simulated(async () => {
      const ref = sendAfter(me(), 'never', 5_000);
      await sleep(1_000);
      expect(readTimer(ref)).toBe(4_000);
      expect(cancelTimer(ref)).toBe(4_000);
      expect(cancelTimer(ref)).toBe(false);
      expect(readTimer(ref)).toBe(false);
      expect(await receive(undefined, { timeout: 10_000 })).toBeUndefined();
      // @ts-expect-error a plain reference names no timer
      expect(cancelTimer(makeRef())).toBe(false);
      expect(() => cancelTimer(3 as unknown as TimerRef)).toThrow(/ref must be a timer's reference, got 3/);
    }),
  );

  it(
    'looks a name up when it fires; nobody there: nothing happens [semantics 48]',
    simulated(async () => {
      sendAfter('later', 'to the name', 30);
      sendAfter('nobody', 'lost', 1);
      await sleep(10);
      register(self(), 'later');
      expect(await receive()).toBe('to the name');
    }),
  );

  it(
    'ends with the process that it would send to, not with the one that started it',
    simulated(async ({ down }) => {
      const target = spawn(forever);
      const ref = sendAfter(target as never, 'x', 5_000);
      exit(target, 'kill');
      await down(target);
      expect(readTimer(ref)).toBe(false);
      const there = me();
      const starter = spawn(() => {
        sendAfter(there, 'from the dead', 30);
      });
      await down(starter);
      expect(await receive()).toBe('from the dead');
    }),
  );

  it(
    'is asynchronous with 0 too',
    simulated(async () => {
      sendAfter(me(), 'timer', 0);
      send(me(), 'message');
      expect([await receive(), await receive()]).toEqual(['message', 'timer']);
    }),
  );

  it(
    'refuses bad times, naming them',
    simulated(() => {
      expect(() => sendAfter(me(), 1, -1)).toThrow(
        new RangeError('ms must be 0 or more milliseconds, got -1'),
      );
      expect(() => sendAfter(me(), 1, Number.NaN)).toThrow(RangeError);
      expect(() => sendAfter(me(), 1, '5' as never)).toThrow(
        new TypeError('ms must be milliseconds, got "5"'),
      );
    }),
  );

  it(
    'is not stopped by the fake timers of a test runner, nor is anything else of the runtime',
    onNode(async ({ down }) => {
      vi.useFakeTimers({ now: 0 });
      try {
        sendAfter(me(), 'tick', 2);
        expect(await receive()).toBe('tick');
        expect(await receive(undefined, { timeout: 2 })).toBeUndefined();
        await sleep(2);
        const ticks = sendInterval(me(), 'tock', 1);
        expect([await receive(), await receive()]).toEqual(['tock', 'tock']);
        cancelTimer(ticks);
        expect(await down(spawn(() => sleep(2)))).toBe('normal');
        expect(systemTime()).toBeGreaterThan(Date.now());
      } finally {
        vi.useRealTimers();
      }
    }),
  );

  it(
    'of 30 days does not fire at once, on the real clock; nor do sleeps, intervals and timeouts [semantics 50]',
    onNode(async () => {
      const days = 24 * 3_600_000;
      const there = me();
      const ref = sendAfter(there, 'far too early', 30 * days);
      const ticks = sendInterval(there, 'far too early', 30 * days);
      const sleeper = spawn(async () => {
        await sleep(30 * days);
        send(there, 'far too early');
      });
      const waiting = spawn(async (ctx) => {
        await ctx.receive(undefined, { timeout: 30 * days });
        send(there, 'far too early');
      });
      expect(await receive(undefined, { timeout: 20 })).toBeUndefined();
      expect(readTimer(ref)).toBeGreaterThan(29 * days);
      for (const timer of [ref, ticks]) cancelTimer(timer);
      for (const pid of [sleeper, waiting]) exit(pid, 'kill');
    }),
  );

  it(
    'refuses at once a message that await would unwrap, as send does [semantics 35]',
    simulated(() => {
      expect(() => sendAfter(me(), Promise.resolve(1), 1)).toThrow(/message must not have a then method/);
      expect(() => sendInterval(me(), Promise.resolve(1), 1)).toThrow(TypeError);
    }),
  );
});

describe('startTimer', () => {
  it(
    'sends its own reference with the message',
    simulated(async () => {
      const ref = startTimer(1, me(), 'm');
      expect(await receive()).toEqual({ type: 'timeout', ref, message: 'm' });
    }),
  );
});

describe('sendInterval', () => {
  it(
    'sends until cancelled, and ends with its receiver',
    simulated(async ({ now, down, node }) => {
      const ref = sendInterval(me(), 'i', 8);
      for (let n = 0; n < 3; n += 1) await receive();
      expect(now()).toBe(24);
      expect(cancelTimer(ref)).toBe(8);
      expect(await receive(undefined, { timeout: 100 })).toBeUndefined();
      const target = spawn(forever);
      sendInterval(target as never, 'i', 8);
      exit(target, 'kill');
      await down(target);
      expect(node.statistics().timers).toBe(0);
      expect(() => sendInterval(me(), 'i', 0)).toThrow(RangeError);
    }),
  );
});

describe('applyAfter', () => {
  it(
    'runs a function in a process of its own',
    simulated(async () => {
      const there = me();
      applyAfter(5, () => send(there, ['applied', self() !== there]));
      expect(await receive()).toEqual(['applied', true]);
      expect(() => applyAfter(5, 'fn' as never)).toThrow(/fn must be a function, got "fn"/);
    }),
  );
});

describe('sleep', () => {
  it(
    'waits and leaves the mailbox alone [process-006]',
    simulated(async ({ now }) => {
      send(me(), 'kept');
      expect(await sleep(10)).toBeUndefined();
      expect(now()).toBe(10);
      expect(await receive()).toBe('kept');
    }),
  );

  it(
    'longer than 2^32 ms is possible [process-007]',
    simulated(async ({ now }) => {
      await sleep(2 ** 32);
      expect(now()).toBe(2 ** 32);
    }),
  );

  it(
    'for ever ends by exit only',
    simulated(async ({ down }) => {
      const sleeper = spawn(forever);
      await sleep(10_000);
      exit(sleeper, 'woken');
      expect(await down(sleeper)).toBe('woken');
      await expect(sleep(-1)).rejects.toThrow(/ms must be 0 or more milliseconds, got -1/);
    }),
  );

  it(
    'several at once are fine',
    simulated(async ({ now }) => {
      await Promise.all([sleep(5), sleep(10), sleep(1)]);
      expect(now()).toBe(10);
    }),
  );
});

describe('time', () => {
  it(
    'is the clock of the node',
    simulated(async () => {
      const [wall, mono] = [systemTime(), monotonicTime()];
      await sleep(1_500);
      expect(monotonicTime() - mono).toBe(1_500);
      expect(systemTime() - wall).toBe(1_500);
      expect(await timed(async () => (await sleep(40), 'v'))).toEqual({ ms: 40, value: 'v' });
    }),
  );

  it(
    'of a process that ends takes its sleeps and timeouts with it',
    simulated(async ({ node, down }) => {
      const pid = spawn(async ({ receive }: Context<string>) => {
        void sleep(1_000);
        await receive(undefined, { timeout: 2_000 });
      });
      await sleep(1);
      expect(node.statistics().timers).toBe(2);
      exit(pid, 'kill');
      await down(pid);
      expect(node.statistics().timers).toBe(0);
    }),
  );
});
