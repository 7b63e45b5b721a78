import { exit, monotonicTime, self, send, sleep, spawn } from '@coppice/core';
import { GenStatem, reply } from '@coppice/gen-statem';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import {
  type AnyActorLogic,
  assign,
  fromCallback,
  fromPromise,
  type InspectionEvent,
  sendTo,
  setup,
} from 'xstate';

/** A machine that invokes `work` while it is busy. */
function define(work: AnyActorLogic) {
  return GenStatem.define(
    'Worker',
    setup({
      types: GenStatem.types<{
        context: { result: unknown };
        events: { type: 'leave' } | { type: 'ping' } | { type: 'told'; by: unknown } | { type: 'crash' };
      }>(),
      actors: { work },
    }).createMachine({
      context: { result: undefined },
      initial: 'busy',
      states: {
        busy: {
          invoke: {
            id: 'work',
            src: 'work',
            onDone: { target: 'idle', actions: assign({ result: ({ event }) => event.output as unknown }) },
          },
          on: {
            leave: 'idle',
            ping: { actions: sendTo('work', { type: 'ping' }) },
            told: { actions: assign({ result: ({ event }) => event.by }) },
            crash: {
              target: 'idle',
              actions: () => {
                throw new Error('in an action');
              },
            },
          },
        },
        idle: { on: { ping: { actions: () => reply('idle') } } },
      },
    }),
  );
}

describe('an invoked promise', () => {
  it(
    'runs as the process, and its result is an event',
    simulated(async () => {
      const Worker = define(fromPromise(async () => (await sleep(1_000), self())));
      const pid = await Worker.start();
      const { context, value } = await Worker.waitFor(pid, (snapshot) => snapshot.matches('idle'));
      expect([context.result, value]).toEqual([pid, 'idle']);
      expect(monotonicTime()).toBe(1_000);
    }),
  );

  it(
    'is aborted when its state is left',
    simulated(async () => {
      const signals: AbortSignal[] = [];
      const Worker = define(
        fromPromise(async ({ signal }) => {
          signals.push(signal);
          await sleep(1_000);
        }),
      );
      const pid = await Worker.start();
      await Worker.call(pid, { type: 'leave' });
      expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    }),
  );

  for (const [how, end] of [
    ['is killed', 'kill'],
    ['crashes', 'crash'],
  ] as const) {
    it(
      `is aborted when the process ${how}`,
      simulated(async ({ down, expectCrash }) => {
        const signals: AbortSignal[] = [];
        const Worker = define(
          fromPromise(async ({ signal }) => {
            signals.push(signal);
            await sleep(1_000);
          }),
        );
        const pid = await Worker.start();
        if (end === 'kill') exit(pid, 'kill');
        else {
          expectCrash('in an action');
          Worker.cast(pid, { type: 'crash' });
        }
        await down(pid);
        expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
      }),
    );
  }

  it(
    'that rejects, without onError, is the exit of the process',
    simulated(async ({ down, expectCrash }) => {
      const boom = new Error('refused');
      const Worker = define(
        fromPromise(async () => {
          await sleep(10);
          throw boom;
        }),
      );
      expectCrash('refused');
      expect(await down(await Worker.start())).toBe(boom);
      expectCrash({ nocatch: 'text' });
      const Rejected = define(fromPromise(() => Promise.reject('text')));
      expect(await down(await Rejected.start())).toEqual({ nocatch: 'text' });
    }),
  );
});

describe('an invoked callback', () => {
  it(
    'that is called from a foreign stack sends a message',
    simulated(async () => {
      let emit: (event: { type: 'told'; by: unknown }) => void = () => {};
      const Worker = define(
        fromCallback(({ sendBack }) => {
          emit = sendBack;
        }),
      );
      const pid = await Worker.start();
      emit({ type: 'told', by: 'the test' });
      expect((await Worker.snapshot(pid)).context.result).toBe('the test');
      spawn(() => emit({ type: 'told', by: 'another process' }));
      await sleep(1);
      expect((await Worker.snapshot(pid)).context.result).toBe('another process');
    }),
  );

  it(
    'is told of events, and disposed of with the process, whose listeners then reach nobody',
    simulated(async ({ down }) => {
      const seen: string[] = [];
      let emit = () => {};
      const Worker = define(
        fromCallback(({ receive, sendBack }) => {
          emit = () => sendBack({ type: 'leave' });
          receive(({ type }) => seen.push(type));
          return () => seen.push('disposed');
        }),
      );
      const pid = await Worker.start();
      await Worker.call(pid, { type: 'ping' });
      exit(pid, 'kill');
      expect(await down(pid)).toBe('killed');
      expect(seen).toEqual(['ping', 'disposed']);
      emit();
    }),
  );

  it(
    'that throws is the exit of the process',
    simulated(async ({ down, expectCrash }) => {
      expectCrash('in a callback');
      const Worker = define(
        fromCallback(({ receive }) =>
          receive(() => {
            throw new Error('in a callback');
          }),
        ),
      );
      const pid = await Worker.start();
      Worker.cast(pid, { type: 'ping' });
      expect(await down(pid)).toMatchObject({ message: 'in a callback' });
    }),
  );

  it(
    'that throws as soon as it is invoked is the exit of the process, right after its start',
    simulated(async ({ down, expectCrash }) => {
      expectCrash('no socket');
      const Worker = define(
        fromCallback(() => {
          throw new Error('no socket');
        }),
      );
      expect(await down(await Worker.start())).toMatchObject({ message: 'no socket' });
    }),
  );
});

describe('an invoked machine', () => {
  const child = setup({}).createMachine({
    initial: 'waiting',
    states: { waiting: { after: { 500: 'done' } }, done: { type: 'final' } },
    output: 'child is done',
  });

  it(
    'has its delays on the clock of the process',
    simulated(async () => {
      const Worker = define(child);
      const pid = await Worker.start();
      expect((await Worker.waitFor(pid, (s) => s.matches('idle'))).context.result).toBe('child is done');
      expect(monotonicTime()).toBe(500);
    }),
  );

  it(
    'ends with the process: its timers too',
    simulated(async ({ down, settle }) => {
      const pid = await define(child).start();
      exit(pid, 'kill');
      await down(pid);
      await settle();
      expect(monotonicTime()).toBe(0);
    }),
  );

  for (const [how, act] of [
    [
      'fails',
      () => {
        throw new Error('in the child');
      },
    ],
    ['is killed by its own action', () => exit(self(), 'kill')],
  ] as const) {
    it(
      `that ${how} takes with it what it has invoked`,
      simulated(
        async ({ down }) => {
          const seen: string[] = [];
          const Worker = define(parentOf(seen, act));
          const pid = await Worker.start();
          Worker.cast(pid, { type: 'ping' });
          await down(pid);
          expect(seen).toEqual(['aborted', 'disposed']);
        },
        { crashes: 'allowed' },
      ),
    );
  }

  it(
    'that fails takes with it what it has invoked though the machine goes on',
    simulated(async () => {
      const seen: string[] = [];
      const child = parentOf(seen, () => {
        throw new Error('in the child');
      });
      const Parent = GenStatem.define(
        'Parent',
        setup({ actors: { child } }).createMachine({
          invoke: { id: 'child', src: 'child', onError: { actions: () => seen.push('told') } },
          on: { ping: { actions: sendTo('child', { type: 'ping' }) } },
        }),
      );
      await Parent.call(await Parent.start(), { type: 'ping' });
      expect(seen).toEqual(['aborted', 'disposed', 'told']);
    }),
  );
});

/** A machine that has invoked a promise and a callback, which tell `seen` of their end. */
function parentOf(seen: string[], act: () => void) {
  const promise = fromPromise(async ({ signal }) => {
    signal.addEventListener('abort', () => seen.push('aborted'));
    await sleep('infinity');
  });
  const callback = fromCallback(() => () => seen.push('disposed'));
  return setup({ actors: { promise, callback } }).createMachine({
    invoke: [{ src: 'promise' }, { src: 'callback' }],
    on: { ping: { actions: act } },
  });
}

describe('a delay', () => {
  it(
    'that is over already is due at once, as in XState alone',
    simulated(async () => {
      const Late = GenStatem.define(
        'Late',
        setup({ delays: { left: () => -5 } }).createMachine({
          initial: 'waiting',
          states: { waiting: { after: { left: 'done' } }, done: {} },
        }),
      );
      const pid = await Late.start();
      expect((await Late.waitFor(pid, (snapshot) => snapshot.matches('done'))).value).toBe('done');
      expect(monotonicTime()).toBe(0);
    }),
  );
});

describe('inspect', () => {
  it(
    "passes XState's inspection events on",
    simulated(async () => {
      const events: InspectionEvent[] = [];
      const Worker = define(fromPromise(() => sleep(10)));
      const pid = await Worker.start(undefined, { inspect: (event) => void events.push(event) });
      await Worker.waitFor(pid, (snapshot) => snapshot.matches('idle'));
      await Worker.call(pid, { type: 'ping' });
      const kinds = new Set(events.map(({ type }) => type));
      expect([...kinds].toSorted()).toEqual([
        '@xstate.action',
        '@xstate.actor',
        '@xstate.event',
        '@xstate.microstep',
        '@xstate.snapshot',
      ]);
      const told = events.filter((event) => event.type === '@xstate.event' && event.event.type === 'ping');
      expect(told).toHaveLength(1);
      expect(new Set(events.map(({ rootId }) => rootId)).size).toBe(1);
    }),
  );
});

describe('send', () => {
  it(
    'gives a machine its events as messages',
    simulated(async () => {
      const Worker = define(fromPromise(() => sleep('infinity')));
      const pid = await Worker.start();
      send(pid, { type: 'leave' });
      expect((await Worker.snapshot(pid)).value).toBe('idle');
    }),
  );
});
