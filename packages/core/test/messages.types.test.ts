// What can be sent, received and named: `tsc` checks this file. The functions that hold what must not compile are never called.
import {
  type Context,
  context as contextHere,
  type Down,
  demonitor,
  type Exit,
  type FitsFor,
  isDown,
  type MonitorRef,
  monitor,
  name,
  type Pid,
  type Reply,
  receive,
  register,
  self,
  send,
  sendAfter,
  spawn,
  whereis,
} from '@coppice/core';
import { describe, expectTypeOf, it } from 'vitest';

type A = { readonly type: 'a' };
type B = { readonly type: 'b'; readonly n: number };
declare const ab: Pid<A | B>;
declare const a: Pid<A>;
declare const some: Pid<never>;
declare const context: Context<B | A | Down | Exit>;
declare const fitsBoth: FitsFor<Pid<'x' | 'y'>>;

describe('a pid', () => {
  it('that accepts more is one that accepts less, and any is some process', () => {
    expectTypeOf<Pid<A | B>>().toExtend<Pid<A>>();
    expectTypeOf<Pid<A>>().toExtend<Pid<never>>();
    expectTypeOf<Pid<A>>().not.toExtend<Pid<A | B>>();
    expectTypeOf<Pid<never>>().not.toExtend<Pid<A>>();
  });

  it('takes its messages only', () => {
    const wrong = (): void => {
      send(ab, { type: 'b', n: 1 });
      // @ts-expect-error message not accepted
      send(a, { type: 'b', n: 1 });
      // @ts-expect-error wrong type of a field
      send(ab, { type: 'b', n: 'one' });
      // @ts-expect-error some process can't be sent to
      send(some, { type: 'a' });
      // @ts-expect-error a number is no pid
      send(12, { type: 'a' });
      // @ts-expect-error timers are checked alike
      sendAfter(a, { type: 'c' }, 10);
      // @ts-expect-error milliseconds, no string
      sendAfter(a, { type: 'a' }, '10ms');
    };
    expectTypeOf(wrong).toBeFunction();
  });
});

describe('a typed name', () => {
  it('keeps the type of what it stands for', () => {
    void (() => {
      const server = name<A>('server');
      send(server, { type: 'a' });
      expectTypeOf(whereis(server)).toEqualTypeOf<Pid<A> | undefined>();
      // @ts-expect-error a typed name keeps its type
      send(server, { type: 'b', n: 1 });
      // @ts-expect-error a name for A can't be given to a process that doesn't take A
      register(some, server);
      // @ts-expect-error may be undefined
      send(whereis(server), { type: 'a' });
      spawn(async (_context: Context<A>) => {}, { name: server });
      // @ts-expect-error the body receives something else
      spawn(async (_context: Context<B>) => {}, { name: server });
    });
  });

  it('that stands for more can be given to no process that takes less', () => {
    // @ts-expect-error a name for 'x' | 'y' can't hold a process that takes 'x' only
    const wrong = (): FitsFor<Pid<'x'>> => fitsBoth;
    expectTypeOf(wrong).toBeFunction();
  });
});

describe('receive', () => {
  it('gives what a guard, an inferred guard, a pattern or a pinned reference can match', () => {
    void (async () => {
      expectTypeOf(context.self).toEqualTypeOf<Pid<A | B>>();
      expectTypeOf(await context.receive()).toEqualTypeOf<A | B | Down | Exit>();
      expectTypeOf(await context.receive({ type: 'a' })).toEqualTypeOf<A>();
      expectTypeOf(await context.receive((m) => m.type === 'EXIT' || m.type === 'DOWN')).toEqualTypeOf<
        Down | Exit
      >();
      expectTypeOf(await context.receive({ type: 'DOWN', ref: monitor(some) })).toEqualTypeOf<Down>();
      expectTypeOf(await context.receive(isDown)).toEqualTypeOf<Down>();
      expectTypeOf(await context.receive({ type: 'b' }, { timeout: 5 })).toEqualTypeOf<B | undefined>();
      expectTypeOf(await receive<A>(undefined, { timeout: 5 })).toEqualTypeOf<A | undefined>();
      expectTypeOf(await receive(undefined, { timeout: 5 })).toEqualTypeOf<unknown>();
    });
  });

  it('narrows alike in the context that top-level code asks for', () => {
    void (async () => {
      const { receive } = contextHere<A | B | Down>();
      expectTypeOf(await receive()).toEqualTypeOf<A | B | Down>();
      expectTypeOf(await receive({ type: 'a' })).toEqualTypeOf<A>();
      expectTypeOf(contextHere().self).toEqualTypeOf<Pid<never>>();
      // @ts-expect-error what it receives is claimed, not inferred
      const claimed: Context<A> = contextHere();
      void claimed;
    });
  });

  it('refuses what is not narrowed, awaited or possible', () => {
    const wrong = async (): Promise<void> => {
      const message = await context.receive();
      // @ts-expect-error narrow first
      void message.reason;
      // @ts-expect-error with a timeout it may be undefined
      const sure: A = await context.receive((m) => m.type === 'a', { timeout: 5 });
      // @ts-expect-error a pattern of a message that never comes
      await context.receive({ type: 'zzz' });
      // @ts-expect-error a receive must be awaited
      const unawaited: A | B | Down | Exit = context.receive();
      // @ts-expect-error the ambient one knows nothing without a guard or a claim
      const text: string = await receive();
      void [sure, unawaited, text];
    };
    expectTypeOf(wrong).toBeFunction();
  });
});

describe('messages of the runtime', () => {
  it('can be received, and forged by nobody', () => {
    void (() => {
      const trapping = spawn(async (_context: Context<A | Down>) => {});
      expectTypeOf(trapping).toEqualTypeOf<Pid<A>>();
      // @ts-expect-error nobody forges a DOWN
      send(trapping, { type: 'DOWN', ref: monitor(some), object: some, reason: 'normal' });
    });
  });

  it('name the monitor of a request, which ends with its reply', () => {
    const told = (waiting: Map<MonitorRef, string>, message: Reply<number> | Down): string | undefined => {
      if (message.type === 'reply') demonitor(message.ref, { flush: true });
      return waiting.get(message.ref);
    };
    expectTypeOf(told).toBeFunction();
  });
});

describe('self', () => {
  it('without a claim can be linked and compared, not sent to', () => {
    void (() => {
      expectTypeOf(self()).toEqualTypeOf<Pid<never>>();
      expectTypeOf(self<A>()).toEqualTypeOf<Pid<A>>();
      // @ts-expect-error self without a claim can't be given where messages are wanted
      const me: Pid<A> = self();
      // @ts-expect-error a body with another context
      const typed: Pid<B> = spawn(async (_context: Context<A>) => {});
      void [me, typed];
    });
  });
});
