import { EventEmitter, getEventListeners } from 'node:events';
import {
  bindSelf,
  type Context,
  createNode,
  type Exit,
  ExitError,
  exit,
  monitor,
  onExit,
  type Pid,
  ProcessExited,
  ProcLib,
  processInfo,
  receive,
  run,
  self,
  send,
  sleep,
  spawn,
  spawnMonitor,
  subscribe,
  trapExit,
} from '@coppice/core';
import { onNode, simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

describe('self', () => {
  it(
    'is the calling process after every await, in promises and in timers [semantics 46]',
    onNode(async () => {
      const me = self();
      const seen: unknown[] = [];
      await Promise.resolve();
      seen.push(self());
      await new Promise<void>((resolve) => {
        setTimeout(() => {
          seen.push(self());
          resolve();
        }, 1);
      });
      await Promise.all(
        [1, 2].map(async () => {
          await sleep(1);
          seen.push(self());
        }),
      );
      queueMicrotask(() => seen.push(self()));
      await new Promise((resolve) => setImmediate(resolve));
      expect(seen).toEqual([me, me, me, me, me]);
    }),
  );

  it(
    'in a listener is whoever emits, and bindSelf binds it [semantics 46]',
    simulated(async () => {
      const emitter = new EventEmitter();
      const owner = self();
      const seen: unknown[] = [];
      emitter.on('event', () => seen.push(self()));
      emitter.on(
        'event',
        bindSelf(() => seen.push(self())),
      );
      const { pid, ref } = spawnMonitor(() => {
        emitter.emit('event');
      });
      await receive({ type: 'DOWN', ref } as never);
      expect(seen).toEqual([pid, owner]);
    }),
  );

  it(
    'in a bound listener leaves `this` as whoever calls it says',
    simulated(() => {
      const emitter = new EventEmitter();
      const seen: unknown[] = [];
      const listener = bindSelf(function (this: EventEmitter, value: number) {
        seen.push(this, value, self());
      });
      emitter.on('event', listener);
      emitter.emit('event', 1);
      expect(seen).toEqual([emitter, 1, self()]);
    }),
  );

  it('outside a process is an error that says what to do', () => {
    expect(() => self()).toThrow(
      /called outside a process: in tests there is no main process. Run the code in one: simulate/,
    );
  });

  it(
    'does not leak from one process into the next, whatever they start',
    simulated(async () => {
      const me = self<unknown>();
      for (let n = 0; n < 50; n += 1) {
        spawn(async () => {
          const own = self();
          await Promise.resolve();
          await sleep(n % 3);
          send(me, own === self());
        });
      }
      for (let n = 0; n < 50; n += 1) expect(await receive()).toBe(true);
    }),
  );
});

/** A signal, how to abort it, and how many listeners it has. */
function abortable() {
  const controller = new AbortController();
  const { signal } = controller;
  return {
    signal,
    abort: (reason: unknown) => controller.abort(reason),
    listeners: () => getEventListeners(signal, 'abort').length,
  };
}

describe('run', () => {
  it(
    'gives the result of one piece of work, or why there is none',
    simulated(async ({ expectCrash }) => {
      expectCrash(/broken/);
      expect(await run(async () => (await sleep(5), 42))).toBe(42);
      expect(await run(({ self: inside }) => inside === self())).toBe(true);
      await expect(run(() => exit('refused'))).rejects.toThrow(new ExitError('refused'));
      const failure = await run(() => {
        throw new Error('broken');
      }).catch((error: unknown) => error);
      expect(failure instanceof ExitError && failure.reason).toEqual(new Error('broken'));
      await expect(run(async () => exit(self(), 'kill'))).rejects.toMatchObject({ reason: 'killed' });
    }),
  );

  it(
    'ends its process when nobody waits for the result any more',
    simulated(async ({ down }) => {
      const { signal, abort, listeners } = abortable();
      const pids: Pid<never>[] = [];
      const working = run(
        async ({ self: inside }) => {
          pids.push(inside);
          await sleep('infinity');
        },
        { signal },
      );
      await sleep(1);
      abort('client gone');
      await expect(working).rejects.toMatchObject({ reason: { shutdown: 'client gone' } });
      for (const pid of pids) expect(await down(pid)).toEqual({ shutdown: 'client gone' });
      const late = run(() => pids.push(self()), { signal });
      await expect(late).rejects.toMatchObject({ reason: { shutdown: 'client gone' } });
      expect(pids).toHaveLength(1);
      expect(await run(() => 42, { signal: new AbortController().signal })).toBe(42);
      expect(listeners()).toBe(0);
      await expect(run(() => {}, { signal: 'now' as never })).rejects.toThrow(
        new TypeError('signal must be an AbortSignal, got "now"'),
      );
      await expect(run(() => {}, { signal: null as never })).rejects.toThrow('got null');
      const trapping = abortable();
      const kept = run(async () => (trapExit(true), trapping.abort('gone'), (await receive<Exit>()).reason), {
        signal: trapping.signal,
      });
      expect([await kept, trapping.listeners()]).toEqual([{ shutdown: 'gone' }, 0]);
    }),
  );

  it(
    'rejects with an error whose stack tells which functions await it, along promises made by `quietly`',
    simulated(async () => {
      async function whoAsks(): Promise<void> {
        await ProcLib.quietly(viaAnother());
      }
      async function viaAnother(): Promise<void> {
        await run(() => exit('refused'));
      }
      const failure: unknown = await whoAsks().catch((error: unknown) => error);
      expect(failure instanceof Error && failure.stack).toMatch(/refused[^]*viaAnother[^]*whoAsks/);
    }),
  );
});

describe('a telemetry subscriber', () => {
  it(
    'that throws hurts neither the process nor the other subscribers [semantics 47]',
    simulated(async ({ down }) => {
      const heard: unknown[] = [];
      const detach = [
        subscribe('coppice.process.exit', () => {
          throw new Error('bad subscriber');
        }),
        subscribe('coppice.process.exit', (event) => heard.push(event.reason)),
      ];
      const pid = spawn(() => exit('x'));
      expect(await down(pid)).toBe('x');
      for (const undo of detach) undo();
      expect(heard).toEqual(['x']);
    }),
  );

  it(
    'may send, spawn and exit: nothing runs on its stack',
    simulated(async ({ down }) => {
      const me = self<unknown>();
      const victim = spawn(async () => sleep('infinity'));
      const detach = subscribe('coppice.process.exit', (event) => {
        if (event.reason !== 'trigger') return;
        send(me, 'from the subscriber');
        exit(victim, 'by the subscriber');
        spawn(() => send(me, 'spawned by the subscriber'));
      });
      const { ref } = spawnMonitor(() => exit('trigger'));
      const messages = [await receive(), await receive(), await receive()];
      detach();
      expect(messages).toContain('from the subscriber');
      expect(messages).toContain('spawned by the subscriber');
      expect(messages).toContainEqual(expect.objectContaining({ type: 'DOWN', ref }));
      expect(await down(victim)).toBe('by the subscriber');
    }),
  );
});

describe('a handler that holds the thread', () => {
  it('is reported afterwards with its process', async () => {
    const node = createNode({ longScheduleMs: 4 });
    const reports: unknown[] = [];
    const detach = subscribe('coppice.process.long_schedule', (event) => reports.push(event));
    const slow = {
      module: 'Slow',
      init() {},
      handle() {
        const until = performance.now() + 8;
        while (performance.now() < until);
      },
    };
    const server = await node.run(async () => {
      const pid = await ProcLib.start(slow);
      if (pid === 'ignore') throw new Error('not started');
      send(pid as Pid<string>, 'work');
      await sleep(1);
      return pid;
    });
    detach();
    expect(reports).toContainEqual(
      expect.objectContaining({ pid: server, initialCall: 'Slow', message: 'work' }),
    );
    await node.stop();
  });
});

/** What each message does is done within `handle`; the trace tells whether anything ran on its stack. */
describe('a callback that sends, exits and spawns', () => {
  it(
    'ends before anything of it happens: nothing runs on its stack',
    simulated(async ({ down }) => {
      const trace: unknown[] = [];
      const me = self<unknown>();
      const other = spawn(async ({ signal }) => {
        signal.addEventListener('abort', () => trace.push('other aborted'));
        await sleep('infinity');
      });
      const server = (await ProcLib.start({
        module: 'Reentrant',
        init() {},
        handle(message) {
          trace.push(['begin', message]);
          if (message === 'act') {
            send(self<unknown>(), 'from itself');
            exit(other, 'kill');
            exit(self<unknown>(), 'normal');
          }
          trace.push(['end', message]);
        },
      })) as Pid<unknown>; // its behaviour takes anything
      send(server, 'first');
      await sleep(1);
      expect(trace).toEqual([
        ['begin', 'first'],
        ['end', 'first'],
      ]);
      trace.length = 0;
      const ref = monitor(other);
      send(server, 'act');
      expect(await down(server)).toBe('normal');
      expect(await receive()).toMatchObject({ ref, reason: 'killed' });
      expect(trace).toEqual([['begin', 'act'], 'other aborted']);
      expect(processInfo(me)?.messageQueueLength).toBe(0);
    }),
  );

  it(
    'may do so in an exit hook too, and its exits reach those who still run',
    simulated(async ({ down }) => {
      const me = self<unknown>();
      const other = spawn(async () => sleep('infinity'));
      const dying = spawn(async () => sleep('infinity'));
      onExit(dying, (reason) => {
        send(me, ['ended', reason]);
        exit(other, reason);
        exit(dying, 'again');
        spawn(() => send(me, 'spawned by the hook'));
      });
      exit(dying, 'over');
      expect(await receive()).toEqual(['ended', 'over']);
      expect(await receive()).toBe('spawned by the hook');
      expect(await down(other)).toBe('over');
    }),
  );

  it(
    'in an abort listener stops at its first call: its process is dead',
    simulated(async ({ down }) => {
      const me = self<unknown>();
      const caught: unknown[] = [];
      const dying = spawn(async ({ signal }) => {
        signal.addEventListener('abort', () => {
          try {
            send(me, 'from the dead');
          } catch (error) {
            caught.push(error);
          }
        });
        await sleep('infinity');
      });
      await sleep(0);
      exit(dying, 'over');
      expect(await down(dying)).toBe('over');
      expect(caught).toEqual([expect.any(ProcessExited)]);
      expect(processInfo(me)?.messages).toEqual([]);
    }),
  );
});

describe('code that exits and sends from within itself', () => {
  it(
    'goes on with its next message: reentrant sends and exits run nothing on the stack',
    simulated(async () => {
      const trace: string[] = [];
      const me = self<string>();
      const peer: Pid<string> = spawn(async ({ receive }: Context<string>) => {
        for (;;) {
          const text = await receive();
          trace.push(text);
          if (text === 'two') send(me, 'done');
        }
      });
      const ref = monitor(peer);
      send(peer, 'one');
      exit(
        spawn(async () => sleep('infinity')),
        'kill',
      );
      send(peer, 'two');
      trace.push('sent both');
      expect(await receive()).toBe('done');
      expect(trace).toEqual(['sent both', 'one', 'two']);
      exit(peer, 'kill');
      expect(await receive()).toMatchObject({ ref });
    }),
  );
});
