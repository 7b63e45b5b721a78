// What `define` infers, exactly: no `any` leaks out, and what must not compile does not. `tsc` checks this file; the
// functions are never called.
import {
  type Down,
  type Exit,
  type Name,
  type Named,
  type Pid,
  sendAfter,
  startTimer,
  type TimerFired,
} from '@coppice/core';
import {
  type From,
  GenServer,
  ignore,
  noreply,
  ok,
  type PidOf,
  type ProtocolOf,
  type RefOf,
  reply,
  type Server,
  type ServerPid,
  type ServerRef,
  stop,
  stopReply,
} from '@coppice/gen-server';
import { describe, expect, expectTypeOf, it } from 'vitest';

const All = GenServer.define('All', {
  init: async (path: string) => (path === '' ? ignore() : ok({ path, n: 0 })),
  call: {
    read: (s) => reply(s.n, s),
    maybe: (s, by?: number) => (by === undefined ? reply(undefined, s) : reply(by, s)),
    later: (s, _: void, from: From<Date>) => (from.pid, noreply(s)),
    both: (s, n: number, from: From<string>) =>
      n > 1 ? reply(false, s) : (GenServer.reply(from, 'x'), noreply(s)),
    end: async (s) => stopReply('normal', s.path, s),
    die: (s) => stop('shutdown', s),
  },
  cast: { set: (s, n: number) => noreply({ ...s, n }), clear: (s) => noreply({ ...s, n: 0 }) },
  info: {
    tick: (s, m: { readonly type: 'tick'; readonly at: number }) => noreply({ ...s, n: m.at }),
    timeout: (s) => stop('normal', s),
    EXIT: (s, m) => (m.from, noreply(s)),
  },
});
type AllProtocol = ProtocolOf<typeof All>;

const Counter = GenServer.define('Counter', {
  init: (start: number) => start,
  call: {
    read: (n) => reply(n, n),
    add: (n, by: number) => reply(n + by, n + by),
    wait: (n, _: void, from: From<string>) => (GenServer.reply(from, 'x'), noreply(n)),
  },
  cast: { reset: () => noreply(0) },
  info: {
    tick: (n, m: { readonly type: 'tick'; readonly by: number }) => noreply(n + m.by),
    DOWN: (n, m) => (m.ref, noreply(n)),
  },
});
declare const counter: PidOf<typeof Counter>;
declare const anybody: Pid<never>;

const Other = GenServer.define('Other', { init: () => 'state', call: { read: (s) => reply(s, s) } });
declare const other: PidOf<typeof Other>;

describe('the inferred protocol', () => {
  it('has the state that init gives, whatever it is wrapped in', () => {
    expectTypeOf<AllProtocol['state']>().toEqualTypeOf<{ path: string; n: number }>();
    expectTypeOf<ProtocolOf<typeof Other>['state']>().toEqualTypeOf<string>();
  });

  it('has the exact reply of each request', () => {
    expectTypeOf<ReturnType<AllProtocol['call']['read']>>().toEqualTypeOf<number>();
    expectTypeOf<ReturnType<AllProtocol['call']['maybe']>>().toEqualTypeOf<number | undefined>();
    expectTypeOf<ReturnType<AllProtocol['call']['later']>>().toEqualTypeOf<Date>();
    expectTypeOf<ReturnType<AllProtocol['call']['both']>>().toEqualTypeOf<string | boolean>();
    expectTypeOf<ReturnType<AllProtocol['call']['end']>>().toEqualTypeOf<string>();
    expectTypeOf<ReturnType<AllProtocol['call']['die']>>().toEqualTypeOf<never>();
  });

  it('has the exact payload of each request', () => {
    expectTypeOf<Parameters<AllProtocol['call']['read']>>().toEqualTypeOf<[]>();
    expectTypeOf<Parameters<AllProtocol['call']['maybe']>>().toEqualTypeOf<[by?: number | undefined]>();
    expectTypeOf<Parameters<AllProtocol['cast']['set']>>().toEqualTypeOf<[n: number]>();
  });

  it('takes a from, or anything, for a payload where a payload stands', () => {
    const Relay = GenServer.define('Relay', {
      init: () => 0,
      call: {
        parsed: (n, json: ReturnType<typeof JSON.parse>) => reply(String(json), n),
        parsedLater: (n, json: ReturnType<typeof JSON.parse>, from: From<string>) => (
          GenServer.reply(from, String(json)), noreply(n)
        ),
      },
      cast: { answer: (n, to: From<string>) => (GenServer.reply(to, 'x'), noreply(n)) },
    });
    type Relayed = ProtocolOf<typeof Relay>;
    expectTypeOf<Parameters<Relayed['cast']['answer']>>().toEqualTypeOf<[to: From<string>]>();
    expectTypeOf<Parameters<Relayed['call']['parsed']>[0]>().toBeAny();
    expectTypeOf<Parameters<Relayed['call']['parsedLater']>[0]>().toBeAny();
  });

  it('has the annotated messages, and none of the runtime’s', () => {
    expectTypeOf<AllProtocol['info']>().toEqualTypeOf<{ readonly type: 'tick'; readonly at: number }>();
  });

  it('gives ‘ignore’ only where init may ignore', () => {
    const started = () => All.startLink('x');
    expectTypeOf(started).returns.resolves.toEqualTypeOf<'ignore' | ServerPid<AllProtocol>>();
    const sure = () => Counter.startLink(1);
    expectTypeOf(sure).returns.resolves.toEqualTypeOf<ServerPid<ProtocolOf<typeof Counter>>>();
  });

  it('types DOWN, EXIT and timeout without annotation', () => {
    GenServer.define('Watcher', {
      init: () => 0,
      info: {
        DOWN: (n, down) => (expectTypeOf(down).toEqualTypeOf<Down>(), noreply(n)),
        EXIT: (n, exit) => (expectTypeOf(exit).toEqualTypeOf<Exit>(), noreply(n)),
        timeout: (n, fired) => (expectTypeOf(fired).toEqualTypeOf<TimerFired | undefined>(), noreply(n)),
      },
    });
  });

  it('takes the timer messages that info.timeout is annotated with', () => {
    const Ticker = GenServer.define('Ticker', {
      init: () => 0,
      info: { timeout: (n, fired?: TimerFired<'tick'>) => noreply(fired === undefined ? n : n + 1) },
    });
    const check = async () => {
      startTimer(10, await Ticker.startLink(), 'tick');
      // @ts-expect-error another message
      startTimer(10, await Ticker.startLink(), 'tock');
    };
    expect(check).toBeTypeOf('function');
  });
});

describe('the fallback callbacks', () => {
  type Request = readonly ['add', number] | 'read' | readonly ['label', string];
  const Matching = GenServer.define('Matching', {
    init: (start: number) => start,
    call: { size: (n) => reply(`${n}`, n) },
    handleCall: (request: Request, from, state) => {
      expectTypeOf(state).toEqualTypeOf<number>();
      expectTypeOf(from.pid).toEqualTypeOf<Pid<never>>();
      return request === 'read' ? reply(state, state) : reply(0, state);
    },
    handleCast: (request: readonly ['set', number], state) => noreply(state + request[1]),
    handleInfo: (message: number | Down, state) => noreply(typeof message === 'number' ? message : state),
  });

  it('type requests that no name stands for', () => {
    const check = async () => {
      const matching = await Matching.startLink(1);
      expectTypeOf(await Matching.call(matching, ['add', 5])).toEqualTypeOf<number>();
      expectTypeOf(await GenServer.call(matching, 'read', undefined, { timeout: 5 })).toEqualTypeOf<number>();
      expectTypeOf(await GenServer.call(matching, 'size')).toEqualTypeOf<string>();
      Matching.cast(matching, ['set', 1]);
      sendAfter(matching, 5, 10);
      // @ts-expect-error no such request
      await Matching.call(matching, ['sub', 5]);
      // @ts-expect-error wrong term
      await Matching.call(matching, ['add', '5']);
      // @ts-expect-error no such cast
      Matching.cast(matching, ['put', 1]);
      // @ts-expect-error not a message that it takes
      sendAfter(matching, 'five', 10);
    };
    expect(check).toBeTypeOf('function');
  });

  it('are unknown where they are not annotated', () => {
    const Open = GenServer.define('Open', {
      init: () => 0,
      handleCall: (request, _from, state) => (
        expectTypeOf(request).toEqualTypeOf<unknown>(), reply(state, state)
      ),
    });
    const check = async () => {
      expectTypeOf(await Open.call(await Open.startLink(), { any: 'term' })).toEqualTypeOf<number>();
    };
    expect(check).toBeTypeOf('function');
  });

  it('leave no trace in the protocol of a server without them', () => {
    expectTypeOf<keyof ProtocolOf<typeof Counter>>().toEqualTypeOf<'call' | 'cast' | 'info' | 'state'>();
  });
});

describe('references', () => {
  interface RateProtocol {
    readonly call: { readonly read: () => number; readonly add: (by: number) => number };
    readonly cast: { readonly reset: () => void };
    readonly info: never;
    readonly state: number;
  }

  it('may be written out as an interface, which annotates an exported definition', () => {
    const RateCounter: Server<RateProtocol, [start: number]> = GenServer.define('RateCounter', {
      init: (start: number) => start,
      call: { read: (n) => reply(n, n), add: (n, by: number) => reply(n + by, n + by) },
      cast: { reset: () => noreply(0) },
    });
    const check = async () => {
      expectTypeOf(await GenServer.getState(await RateCounter.startLink(1))).toEqualTypeOf<number>();
    };
    expect(check).toBeTypeOf('function');
  });

  it('are structural: any server that answers will do', () => {
    type Readable = ServerRef<{ readonly call: { readonly read: () => number } }>;
    expectTypeOf<typeof counter>().toExtend<Readable>();
    expectTypeOf<Named<PidOf<typeof Counter>>>().toExtend<Readable>();
    expectTypeOf<typeof other>().not.toExtend<Readable>();
    expectTypeOf<RefOf<typeof Counter>>().toEqualTypeOf<ServerRef<ProtocolOf<typeof Counter>>>();
  });

  it('need no import of the code that they name', () => {
    expectTypeOf(GenServer.name<typeof Counter>('counter')).toEqualTypeOf<Named<PidOf<typeof Counter>>>();
  });
});

describe('what must not compile', () => {
  it('on the side of clients', () => {
    const check = async () => {
      const five: number = await Counter.call(counter, 'add', 5);
      const later: string = await Counter.call(counter, 'wait');
      const viaName: number = await Counter.call({ global: 'counter' } satisfies Name, 'read');
      // @ts-expect-error unknown request
      await Counter.call(counter, 'sub', 5);
      // @ts-expect-error wrong payload
      await Counter.call(counter, 'add', 'five');
      // @ts-expect-error missing payload
      await Counter.call(counter, 'add');
      // @ts-expect-error payload where none is taken
      await Counter.call(counter, 'read', 5);
      // @ts-expect-error wrong reply type
      const wrong: string = await Counter.call(counter, 'read');
      // @ts-expect-error forgotten await
      const unawaited: number = Counter.call(counter, 'read');
      // @ts-expect-error a cast is not a call
      await Counter.call(counter, 'reset');
      // @ts-expect-error a call is not a cast
      Counter.cast(counter, 'add', 5);
      // @ts-expect-error bad timeout
      await Counter.call(counter, 'add', 5, { timeout: 'forever' });
      // @ts-expect-error some pid is not this server
      await Counter.call(anybody, 'read');
      // @ts-expect-error another kind of server
      await Counter.call(other, 'add', 5);
      // @ts-expect-error typed generic call, unknown request
      await GenServer.call(counter, 'nope');
      // @ts-expect-error protocol asks for more than the server answers
      const wide: ServerRef<{ readonly call: { readonly gone: () => number } }> = counter;
      // @ts-expect-error replaceState keeps the state's type
      await GenServer.replaceState(counter, () => 'text');
      // @ts-expect-error nothing is known of the state under an untyped name
      const state: number = await GenServer.getState('counter');
      // @ts-expect-error the same request, sent for later, has the same payload
      GenServer.sendRequest(counter, 'add', 'five');
      // @ts-expect-error and the same reply
      const response: string = await GenServer.receiveResponse(GenServer.sendRequest(counter, 'add', 5));
      return [five, later, viaName, wrong, unawaited, wide, state, response];
    };
    expect(check).toBeTypeOf('function');
  });

  it('where servers are started', () => {
    const Maybe = GenServer.define('Maybe', { init: (on: boolean) => (on ? ok(1) : ignore()) });
    const check = async () => {
      await Counter.startLink(10, { name: Counter.name('counter') });
      // @ts-expect-error init's argument
      await Counter.startLink('ten');
      // @ts-expect-error init's argument is missing
      await Counter.startLink();
      // @ts-expect-error options in the place of the argument
      await Counter.startLink({ name: 'counter' });
      // @ts-expect-error unknown option
      await Counter.startLink(10, { nmae: 'counter' });
      // @ts-expect-error a name of another kind
      await Counter.startLink(1, { name: Other.name('other') });
      const maybe = await Maybe.startLink(true);
      // @ts-expect-error a server that may ignore gives 'ignore' or a pid
      Maybe.cast(maybe, 'x');
    };
    expect(check).toBeTypeOf('function');
  });

  it('in callbacks', () => {
    const check = () => {
      GenServer.define('BadState', {
        init: () => 0,
        call: {
          // @ts-expect-error new state of a wrong type
          read: (n) => reply(n, 'text'),
          // @ts-expect-error two payloads
          twoPayloads: (n, a: number, b: number) => reply(a + b, n),
          // @ts-expect-error nothing says what the payload is
          unknown: (n, by) => reply(n, by),
          nothing: (n, _, from: From<number>) => (GenServer.reply(from, n), noreply(n)),
          // @ts-expect-error a bare value is not a reply
          bare: (n) => n,
        },
        cast: {
          // @ts-expect-error a cast can't reply
          poke: (n) => reply(n, n),
          // @ts-expect-error nothing says what the payload is
          add: (n, by) => noreply(n + by),
        },
        info: {
          // @ts-expect-error nothing says what the message is
          data: (n, { line }) => noreply(n + line),
          // @ts-expect-error DOWN is typed by the runtime
          DOWN: (n, _m: { readonly type: 'DOWN'; readonly colour: string }) => noreply(n),
        },
        // @ts-expect-error and so is the state of a fallback
        handleCall: (request: string, _from, _state) => reply(request, 'text'),
      });
      GenServer.define('BadReply', {
        init: () => 0,
        call: {
          late: (n, _: void, from: From<number>) => {
            // @ts-expect-error late reply of a wrong type
            GenServer.reply(from, 'text');
            return noreply(n);
          },
        },
      });
    };
    expect(check).toBeTypeOf('function');
  });
});

describe('unknown callbacks', () => {
  it('do not compile', () => {
    const check = () => {
      // @ts-expect-error there is no such callback
      GenServer.define('Typo', { init: () => 0, calls: {} });
      // @ts-expect-error a fallback is a function
      GenServer.define('Typo', { init: () => 0, handleCall: 5 });
    };
    expect(check).toBeTypeOf('function');
  });
});
