import {
  type Context,
  context,
  createNode,
  demonitor,
  exit,
  Gen,
  processInfo,
  receive,
  self,
  send,
  sleep,
  spawn,
  spawnMonitor,
} from '@coppice/core';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

const drain = async (): Promise<unknown[]> => {
  const all: unknown[] = [];
  for (;;) {
    const message = await receive(undefined, { timeout: 0 });
    if (message === undefined) return all;
    all.push(message);
  }
};

describe('receive', () => {
  it(
    'takes the first that matches and leaves the others in order [semantics 33]',
    simulated(async () => {
      for (const n of [1, 20, 2, 30, 3]) send(self<number>(), n);
      expect(await receive((n): n is number => Number(n) > 10)).toBe(20);
      expect(await receive((n): n is number => Number(n) === 3)).toBe(3);
      expect(await drain()).toEqual([1, 2, 30]);
    }),
  );

  it(
    'takes a guard, a predicate, a pattern with pins, or a plain value',
    simulated(async () => {
      const { receive } = context<unknown>();
      const me = self<unknown>();
      for (const message of ['text', { type: 'a', n: 1 }, { type: 'a', n: 2 }, { type: 'b' }, 7])
        send(me, message);
      expect(await receive({ type: 'a', n: 2 } as never)).toEqual({ type: 'a', n: 2 });
      expect(await receive({ type: 'b' } as never)).toEqual({ type: 'b' });
      expect(await receive(7 as never)).toBe(7);
      expect(await receive((message) => typeof message === 'string')).toBe('text');
      expect(await receive()).toEqual({ type: 'a', n: 1 });
      await expect(receive({} as never)).rejects.toThrow(/pattern must name the fields to match/);
      for (const options of [{ timeout: 5 }, { timeout: 'infinity' }] as never[])
        await expect(receive(options)).rejects.toThrow(
          new TypeError(
            `pattern must not be the options, which come second: receive(undefined, ${JSON.stringify(options)})`,
          ),
        );
      const byTimeout = { timeout: 5 };
      send(self<typeof byTimeout>(), byTimeout);
      expect(await context<typeof byTimeout>().receive(byTimeout, { timeout: 0 })).toBe(byTimeout);
    }),
  );

  it(
    'with a timeout gives undefined when that ends, and other messages do not start it anew',
    simulated(async ({ now }) => {
      const me = self<string>();
      spawn(async () => {
        for (let n = 0; n < 10; n += 1) {
          await sleep(10);
          send(me, 'noise');
        }
      });
      expect(
        await receive((message): message is never => message === 'never', { timeout: 45 }),
      ).toBeUndefined();
      expect(now()).toBe(45);
    }),
  );

  it(
    'with timeout 0 looks at what is there',
    simulated(async ({ now }) => {
      expect(await receive(undefined, { timeout: 0 })).toBeUndefined();
      send(self<string>(), 'here');
      expect(await receive(undefined, { timeout: 0 })).toBe('here');
      expect(now()).toBe(0);
    }),
  );

  it(
    'refuses a bad timeout, naming it',
    simulated(async () => {
      for (const timeout of [-1, Number.NaN]) {
        await expect(receive(undefined, { timeout })).rejects.toThrow(
          new RangeError(`timeout must be 0 or more milliseconds, got ${timeout}`),
        );
      }
      await expect(receive(undefined, { timeout: 'soon' as never })).rejects.toThrow(TypeError);
      send(self<unknown>(), 'there');
      await expect(receive(undefined, { timeout: 'soon' as never })).rejects.toThrow(TypeError);
      expect(await receive()).toBe('there');
    }),
  );

  it(
    'is one at a time for a process; a wait for something else beside it is not [semantics 34]',
    simulated(async () => {
      const first = receive();
      await expect(receive()).rejects.toThrow(/is waiting in receive already/);
      const nap = sleep(5);
      send(self<string>(), 'for the first');
      expect(await first).toBe('for the first');
      await nap;
    }),
  );

  it(
    'rejects with what the match throws, and loses no message',
    simulated(async () => {
      send(self<string>(), 'kept');
      await expect(
        receive(
          () => {
            throw new Error('in the match');
          },
          { timeout: 5 },
        ),
      ).rejects.toThrow('in the match');
      expect(await receive()).toBe('kept');
    }),
  );

  it(
    'runs a match as the receiving process, whoever sends',
    simulated(async () => {
      const seen: unknown[] = [];
      const me = self<string>();
      const target = spawn(async ({ receive }: Context<string>) => {
        await receive((message) => {
          seen.push(self());
          return message === 'second';
        });
        send(me, 'done');
      });
      await sleep(1);
      send(target, 'first');
      send(target, 'second');
      await receive();
      expect(new Set(seen)).toEqual(new Set([target]));
    }),
  );

  it(
    'does not scan a message twice while it waits',
    simulated(async () => {
      let looks = 0;
      const me = self<number>();
      for (let n = 0; n < 100; n += 1) send(me, n);
      spawn(async () => {
        for (let n = 100; n < 200; n += 1) {
          send(me, n);
          await sleep(0);
        }
      });
      await receive((message): message is number => {
        looks += 1;
        return message === 199;
      });
      expect(looks).toBe(200);
      expect(await drain()).toHaveLength(199);
    }),
  );

  it(
    'keeps a huge backlog whole and in order',
    simulated(async () => {
      const count = 20_000;
      const { pid, ref } = spawnMonitor(async ({ receive }: Context<number>) => {
        for (let n = 0; n < count; n += 1) if ((await receive()) !== n) exit('reordered');
      });
      for (let n = 0; n < count; n += 1) send(pid, n);
      expect(await receive()).toMatchObject({ ref, reason: 'normal' });
    }),
  );

  it(
    'of the mailbox itself sees what was sent before: own length and messages agree [otp-process-069] [otp-process-070] [otp-process-071] [otp-process-072]',
    simulated(async () => {
      for (let n = 1; n <= 5; n += 1) {
        send(self<number>(), n);
        expect(processInfo(self())).toMatchObject({
          messageQueueLength: n,
          messages: Array.from({ length: n }, (_, i) => i + 1),
        });
      }
      exit(
        spawn(async () => sleep('infinity')),
        'kill',
      );
      send(self<number>(), 6);
      expect(processInfo(self())?.messageQueueLength).toBe(6);
      await drain();
    }),
  );
});

describe('the predicate of a receive', () => {
  // On a node that takes many steps in one turn: there a message that has come is given at once.
  it('may not receive: each message is given once', async () => {
    const [inner, ...taken] = await createNode().run(async () => {
      for (const n of [1, 2]) send(self<number>(), n);
      let nested: Promise<unknown> | undefined;
      const first = await receive<number>((_message): _message is number => {
        nested ??= receive();
        return true;
      });
      return [await nested?.catch(String), first, ...(await drain())];
    });
    expect(inner).toContain('waiting in receive already');
    expect(taken).toEqual([1, 2]);
  });

  it('may not take an answer: it would be given twice', async () => {
    const [error, answer, ...rest] = await createNode().run(async () => {
      const { pid, ref } = spawnMonitor(() => receive(), { monitor: { alias: 'demonitor' } });
      Gen.reply({ pid: self(), ref }, 'answer');
      const isAnswer = (message: unknown): message is unknown => message === Gen.take(ref);
      const error = await receive(isAnswer).catch(String);
      demonitor(ref);
      exit(pid, 'kill');
      return [error, Gen.take(ref), ...(await drain())];
    });
    expect(error).toContain('a predicate must not take from the mailbox that it is asked about');
    expect(answer).toMatchObject({ type: 'reply', value: 'answer' });
    expect(rest).toEqual([]);
  });

  it('may send to itself: a full mailbox that drops its oldest message then drops the new one', async () => {
    const taken = await createNode().run(
      async () => {
        for (const n of [1, 2]) send(self<number>(), n);
        const first = await receive<number>((n): n is number => (send(self<number>(), 3), n === 1));
        return [first, ...(await drain())];
      },
      { mailbox: { limit: 2, onFull: 'drop_oldest' } },
    );
    expect(taken).toEqual([1, 2]);
  });
});
