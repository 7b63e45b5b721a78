import {
  type Context,
  exit,
  Gen,
  type Isolation,
  type Pid,
  processInfo,
  receive,
  self,
  send,
  sendAfter,
  sleep,
  spawn,
} from '@coppice/core';
import { simulate } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

class Money {
  readonly cents: number;
  constructor(cents: number) {
    this.cents = cents;
  }
}
class OwnError extends RangeError {
  readonly detail = { at: 1 };
}

/** `message` as a process of a node with this isolation receives it. */
const received = <T>(message: T, isolation: Isolation): Promise<T> =>
  simulate(
    async () => {
      send(self<T>(), message as never);
      return receive<T>();
    },
    { isolation },
  );

describe('isolation', () => {
  it('share gives the object itself', async () => {
    const message = { list: [1] };
    expect(await received(message, 'share')).toBe(message);
    expect(Object.isFrozen(message)).toBe(false);
  });

  it('freeze freezes plain objects and arrays deeply, and nothing else [semantics 36]', async () => {
    const message = {
      list: [{ n: 1 }],
      map: new Map([['k', { open: true }]]),
      bytes: new Uint8Array(2),
      money: new Money(5),
    };
    expect(await received(message, 'freeze')).toBe(message);
    expect(() => message.list.push({ n: 2 })).toThrow(TypeError);
    expect(Object.isFrozen(message.list[0])).toBe(true);
    message.map.set('more', { open: true });
    message.bytes[0] = 1;
    expect(Object.isFrozen(message.money)).toBe(false);
  });

  it('freeze freezes what is in an object that was frozen already [semantics 36]', async () => {
    const message = Object.freeze({ list: [{ n: 1 }] });
    await received(message, 'freeze');
    expect([message.list, message.list[0]].map(Object.isFrozen)).toEqual([true, true]);
  });

  it.each(['freeze', 'clone'] as const)('%s leaves alone what a module exports', async (isolation) => {
    const message = { module: await import('node:path') };
    expect((await received(message, isolation)).module).toBe(message.module);
  });

  it('clone copies, and keeps what has an identity [semantics 36]', async () => {
    const error = new OwnError('out of range', { cause: new Error('inner') });
    const fn = (): number => 1;
    const shared = { n: 1 };
    const message = {
      shared,
      again: shared,
      map: new Map([['k', [shared]]]),
      set: new Set([1]),
      at: new Date(5),
      bytes: new Uint8Array([1, 2]),
      text: Buffer.from('text'),
      error,
      fn,
      money: new Money(5),
    };
    const copy = await received(message, 'clone');
    expect(copy).toEqual(message);
    expect(copy).not.toBe(message);
    expect(copy.shared).not.toBe(shared);
    expect(copy.again).toBe(copy.shared);
    expect(copy.map.get('k')?.[0]).toBe(copy.shared);
    expect(copy.error).not.toBe(error);
    expect(copy.error).toBeInstanceOf(OwnError);
    expect(copy.error.stack).toBe(error.stack);
    expect(copy.error.cause).toEqual(error.cause);
    expect(copy.fn).toBe(fn);
    expect(copy.money).toBe(message.money);
    expect(copy.bytes.buffer).not.toBe(message.bytes.buffer);
    expect(copy.text.toString('latin1')).toBe('text');
  });

  it('clone keeps pids, references and cycles', () =>
    simulate(
      async () => {
        const cycle: { pid: Pid<never>; loop?: unknown } = { pid: self() };
        cycle.loop = cycle;
        send(self<unknown>(), cycle);
        const copy = await receive<{ pid: Pid<never>; loop: unknown }>();
        expect(copy.pid).toBe(self());
        expect(copy.loop).toBe(copy);
        expect(copy).not.toBe(cycle);
      },
      { isolation: 'clone' },
    ));

  it('clone does not run setters or __proto__ of what was sent', async () => {
    const message: unknown = JSON.parse('{"__proto__": {"polluted": true}, "plain": 1}');
    const copy = await received(message, 'clone');
    expect(Object.hasOwn(copy as object, '__proto__')).toBe(true);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('can be chosen for one process', () =>
    simulate(
      async () => {
        const message = { list: [1] };
        const me = self<unknown>();
        const target = spawn(
          async ({ receive }: Context<unknown>) => send(me, (await receive()) === message),
          { isolation: 'clone' },
        );
        send(target, message);
        expect(await receive()).toBe(false);
        await sleep(0);
      },
      { isolation: 'share' },
    ));
});

describe('isolation while signals wait', () => {
  /** From now until this process waits, what it sends is queued behind a signal. */
  const delaySignals = (): void =>
    exit(
      spawn(() => sleep('infinity')),
      'shutdown',
    );

  it('copies a message when it is sent, not when it comes', () =>
    simulate(
      async () => {
        const me = self<{ n: number }>();
        const relay = spawn(async ({ receive }: Context<{ n: number }>) => send(me, await receive()));
        delaySignals();
        const message = { n: 1 };
        send(relay, message);
        sendAfter(me, message, 5);
        message.n = 2;
        expect([await receive<{ n: number }>(), await receive<{ n: number }>()]).toEqual([
          { n: 1 },
          { n: 1 },
        ]);
      },
      { isolation: 'clone' },
    ));

  it('throws what looking at a message throws in its sender', () =>
    simulate(
      async () => {
        const unreadable = {
          get x(): number {
            throw new RangeError('unreadable');
          },
        };
        const other = spawn(() => sleep(1));
        delaySignals();
        expect(() => send(other as Pid<unknown>, unreadable)).toThrow('unreadable');
        expect(() => sendAfter(self<unknown>(), unreadable, 1)).toThrow('unreadable');
        const call = Gen.call(
          other,
          () => unreadable,
          'infinity',
          () => ({ module: 'm', function: 'f', args: [] }),
        );
        await expect(call).rejects.toThrow('unreadable');
        expect(processInfo(self())?.monitors).toEqual([]);
      },
      { isolation: 'clone' },
    ));

  it('tells who waits for a reply that cannot be copied of the end of its server', () =>
    simulate(
      async () => {
        const server = spawn(async ({ receive }: Context<Gen.From>) => {
          const from = await receive();
          Gen.reply(from, {
            get x(): number {
              throw new RangeError('unreadable');
            },
          });
        });
        const call = Gen.call(
          server,
          (from) => from,
          1_000,
          () => ({ module: 'm', function: 'f', args: [] }),
        );
        await expect(call).rejects.toMatchObject({ reason: { message: 'unreadable' } });
      },
      { isolation: 'clone', crashes: 'allowed' },
    ));
});
