import { exit, monitor, type Pid, send, sleep, spawn, subscribe } from '@coppice/core';
import { GenServer } from '@coppice/gen-server';
import {
  cancelTimeout,
  deferReply,
  GenStatem,
  nextEvent,
  postpone,
  reply,
  startTimeout,
  updateTimeout,
} from '@coppice/gen-statem';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { setup } from 'xstate';
import { makeLog } from './log.ts';
import { Probe, probes } from './probe.ts';

describe('nextEvent', () => {
  it(
    'gives events that are handled in order, before those in the mailbox [otp-statem-013] [otp-statem-026]',
    simulated(async () => {
      for (const Each of probes) {
        const { seen, say, next } = makeLog();
        const pid = await Each.start();
        Each.cast(
          pid,
          say('first', () => {
            next('1');
            nextEvent(say('2', () => next('2.1')));
            next('3');
          }),
        );
        Each.cast(pid, say('external'));
        await Each.snapshot(pid);
        expect(seen).toEqual(['first', '1', '2', '2.1', '3', 'external']);
      }
    }),
  );

  it(
    'comes first of all that the first state starts with',
    simulated(async () => {
      for (const Each of probes) {
        const { seen, say, next } = makeLog();
        const pid = await Each.start(() => next('from start'));
        Each.cast(pid, say('external'));
        await Each.snapshot(pid);
        expect(seen).toEqual(['from start', 'external']);
      }
    }),
  );

  it(
    'takes an event of every kind: one as by cast, as by a timeout, as from a monitor [otp-statem-065]',
    simulated(async () => {
      const seen: unknown[] = [];
      const note = ({ event }: { event: { type: string } }) => seen.push(event.type);
      const types = ['cast', 'timeout', 'DOWN', 'EXIT', 'reply', 'xstate.done.actor.x', 'done.state.y'];
      const All = GenStatem.define(
        'All',
        setup({ types: GenStatem.types<{ events: { type: string } }>() }).createMachine({
          on: {
            start: { actions: () => types.forEach((type) => nextEvent({ type })) },
            '*': { actions: note },
          },
        }),
      );
      const pid = await All.start();
      await All.call(pid, { type: 'start' });
      expect(seen).toEqual(types);
    }),
  );

  it(
    'never ends in a machine that can still be killed',
    simulated(async ({ down }) => {
      const pid = await Probe.start();
      const again = { type: 'do', run: () => nextEvent(again) } as const;
      Probe.cast(pid, again);
      spawn(() => exit(pid, 'kill'));
      expect(await down(pid)).toBe('killed');
    }),
  );
});

describe('postpone', () => {
  it(
    'keeps events until the state changes, oldest first, before what waits in the mailbox',
    simulated(async () => {
      for (const Each of probes) {
        const { seen, say, hold, go } = makeLog();
        const pid = await Each.start();
        for (const event of [hold('p'), hold('q'), say('x'), go('a', 'same'), go('b', 'go'), say('y')])
          Each.cast(pid, event);
        await Each.snapshot(pid);
        expect(seen).toEqual(['p', 'q', 'x', 'same', 'go', 'p', 'q', 'y']);
      }
    }),
  );

  it(
    'retries what the changing event postponed too, and what is retried may be postponed again',
    simulated(async () => {
      for (const Each of probes) {
        const { seen, say, hold, go, next } = makeLog();
        const pid = await Each.start();
        let isFirst = true;
        const both = go('b', 'both', () => {
          if (isFirst) {
            postpone();
            next('n');
          }
          isFirst = false;
        });
        for (const event of [hold('p', 2), both, say('x'), go('a', 'back')]) Each.cast(pid, event);
        await Each.snapshot(pid);
        expect(seen).toEqual(['p', 'both', 'n', 'p', 'both', 'x', 'back', 'p']);
      }
    }),
  );

  it(
    'keeps a call: it is answered when it is handled at last',
    simulated(async ({ now }) => {
      const Door = GenStatem.define(
        'Door',
        setup({ types: GenStatem.types<{ events: { type: 'walk' } | { type: 'open' } }>() }).createMachine({
          initial: 'closed',
          states: {
            closed: { on: { walk: { actions: postpone }, open: 'open' } },
            open: { on: { walk: { actions: () => reply('through') } } },
          },
        }),
        { answers: { walk: GenStatem.answer<string>() } },
      );
      const pid = await Door.start();
      const walked = Door.call(pid, { type: 'walk' });
      await sleep(1_000);
      Door.cast(pid, { type: 'open' });
      expect(await walked).toBe('through');
      expect(now()).toBe(1_000);
    }),
  );

  it(
    'fails the start in the first entry actions',
    simulated(async ({ expectCrash }) => {
      expectCrash('while the machine starts');
      await expect(Probe.start(postpone)).rejects.toThrow('postpone() was called while the machine starts');
    }),
  );
});

describe('entry and exit actions', () => {
  it(
    'run at the start, at a change, and when a state is entered again [otp-statem-061]',
    simulated(async () => {
      const seen: string[] = [];
      const note = (text: string) => () => seen.push(text);
      const Enter = GenStatem.define(
        'Enter',
        setup({
          types: GenStatem.types<{ events: { type: 'next' } | { type: 'repeat' } | { type: 'keep' } }>(),
        }).createMachine({
          initial: 'one',
          states: {
            one: { entry: note('enter one'), exit: note('exit one'), on: { next: 'two' } },
            two: {
              entry: note('enter two'),
              exit: note('exit two'),
              on: { repeat: { target: 'two', reenter: true }, keep: { actions: note('keep') } },
            },
          },
        }),
      );
      const pid = await Enter.start();
      expect(seen).toEqual(['enter one']);
      for (const type of ['next', 'keep', 'repeat'] as const) await Enter.call(pid, { type });
      expect(seen.slice(1)).toEqual(['exit one', 'enter two', 'keep', 'exit two', 'enter two']);
    }),
  );
});

describe('the order of events', () => {
  it(
    'is next events, postponed ones, timeouts of 0 ms, the mailbox [otp-statem-062]',
    simulated(async () => {
      for (const Each of probes) {
        const { seen, say, hold, go, next, timeout } = makeLog();
        const pid = await Each.start();
        const change = go('b', 'go', () => {
          timeout('timeout', 0, 'event timeout');
          timeout('state_timeout', 0, 'state timeout');
          timeout({ timeout: 'g' }, 0, 'generic timeout');
          next('n1');
          next('n2');
        });
        for (const event of [hold('p'), hold('q'), change, say('x')]) Each.cast(pid, event);
        await Each.snapshot(pid);
        // What erl prints for the same machine: n1 is an event, so it ends the event timeout.
        expect(seen).toEqual(['p', 'q', 'go', 'n1', 'n2', 'p', 'q', 'state timeout', 'generic timeout', 'x']);
      }
    }),
  );

  it(
    'among timeouts of 0 ms is that of their starts',
    simulated(async () => {
      for (const Each of probes) {
        const { seen, say, timeout } = makeLog();
        const pid = await Each.start();
        const start = say('start', () => {
          timeout('timeout', 0, 'event');
          timeout({ timeout: 'g' }, 0, 'generic');
          timeout('state_timeout', 0, 'state');
        });
        Each.cast(pid, start);
        Each.cast(pid, say('x'));
        await Each.snapshot(pid);
        expect(seen).toEqual(['start', 'event', 'generic', 'state', 'x']);
      }
    }),
  );
});

describe('startTimeout', () => {
  it(
    'state_timeout: fires once, not after a change of state, and belongs to the state that is entered [otp-statem-063]',
    simulated(async ({ now }) => {
      for (const Each of probes) {
        const { seen, say, go, timeout } = makeLog();
        const pid = await Each.start();
        const before = now();
        Each.cast(
          pid,
          say('start', () => timeout('state_timeout', 100, 'never')),
        );
        await sleep(50);
        Each.cast(
          pid,
          go('b', 'go', () => timeout('state_timeout', 100, `at ${now() - before + 100}`)),
        );
        await sleep(99);
        Each.cast(pid, say('an event does not matter'));
        await sleep(1_000);
        expect(seen).toEqual(['start', 'go', 'an event does not matter', 'at 150']);
      }
    }),
  );

  it(
    'timeout: any event ends it',
    simulated(async () => {
      for (const Each of probes) {
        const { seen, say, timeout } = makeLog();
        const pid = await Each.start();
        Each.cast(
          pid,
          say('1', () => timeout('timeout', 100, 'never')),
        );
        await sleep(99);
        Each.cast(
          pid,
          say('2', () => timeout('timeout', 100, 'idle')),
        );
        await sleep(1_000);
        expect(seen).toEqual(['1', '2', 'idle']);
      }
    }),
  );

  it(
    'that is cancelled does not keep the program running',
    simulated(async ({ node }) => {
      const { say, timeout } = makeLog();
      const pid = await Probe.start();
      const start = () => timeout('state_timeout', 3_600_000, 'never');
      await Probe.call(pid, say('start', start));
      expect(node.statistics().timers).toBe(1);
      await Probe.call(
        pid,
        say('cancel', () => cancelTimeout('state_timeout')),
      );
      expect(node.statistics().timers).toBe(0);
    }),
  );

  it(
    'can be cancelled, updated, and started again [otp-statem-064]',
    simulated(async () => {
      for (const Each of probes) {
        const { seen, say, timeout } = makeLog();
        const pid = await Each.start();
        const g = { timeout: 'g' };
        const all = ['state_timeout', 'timeout', g] as const;
        const tell = (text: string, run: () => void) => Each.call(pid, say(text, run));
        await tell('cancel', () => {
          for (const kind of all) timeout(kind, 10, 'never');
          for (const kind of all) cancelTimeout(kind);
          cancelTimeout({ timeout: 'not running' });
        });
        await sleep(100);
        await tell('update', () => {
          timeout('state_timeout', 10, 'old');
          updateTimeout('state_timeout', say('new'));
          timeout(g, 20, 'old');
        });
        Each.cast(
          pid,
          say('update later', () => updateTimeout(g, say('new g'))),
        );
        await sleep(100);
        await tell('not running', () => updateTimeout(g, say('at once')));
        await tell('again', () => {
          timeout(g, 10, 'old');
          timeout(g, 20, 'again g');
          timeout('state_timeout', 5, 'old');
          startTimeout('state_timeout', 'infinity', say('never'));
        });
        await sleep(100);
        expect(seen).toEqual([
          'cancel',
          'update',
          'update later',
          'new',
          'new g',
          'not running',
          'at once',
          'again',
          'again g',
        ]);
      }
    }),
  );

  it(
    'is not delivered after it was cancelled, though its message was there already',
    simulated(async () => {
      for (const Each of probes) {
        const { seen, say, timeout } = makeLog();
        const pid = await Each.start();
        Each.cast(
          pid,
          say('start', () => timeout({ timeout: 'g' }, 10, 'never')),
        );
        await sleep(1);
        await GenServer.suspend(pid);
        Each.cast(
          pid,
          say('cancel', () => cancelTimeout({ timeout: 'g' })),
        );
        await sleep(100);
        await GenServer.resume(pid);
        await Each.snapshot(pid);
        expect(seen).toEqual(['start', 'cancel']);
      }
    }),
  );

  it(
    'with names: they run side by side, whatever the state [otp-statem-066]',
    simulated(async () => {
      for (const Each of probes) {
        const { seen, go, say, timeout } = makeLog();
        const pid = await Each.start();
        Each.cast(
          pid,
          say('start', () => {
            for (const ms of [30, 10, 20]) timeout({ timeout: `${ms}` }, ms, `${ms}`);
            timeout({ timeout: '__proto__' }, 40, 'proto');
          }),
        );
        await sleep(15);
        Each.cast(pid, go('b', 'go'));
        await sleep(100);
        expect(seen).toEqual(['start', '10', 'go', '20', '30', 'proto']);
      }
    }),
  );
});

describe('deferReply', () => {
  it(
    'lets anybody answer later',
    simulated(async () => {
      for (const Each of probes) {
        const pid = await Each.start();
        const run = () => {
          const from = deferReply<string>();
          if (from !== undefined) spawn(async () => (await sleep(500), GenServer.reply(from, 'later')));
        };
        expect(await Each.call(pid, { type: 'do', run })).toBe('later');
        Each.cast(pid, { type: 'do', run: () => expect(deferReply()).toBeUndefined() });
        await Each.snapshot(pid);
      }
    }),
  );
});

describe('messages', () => {
  it(
    'are events: what is sent, DOWN, and others with a type; the rest is told and dropped',
    simulated(async () => {
      const seen: unknown[] = [];
      const target = spawn(async () => (await sleep(10), exit('gone')));
      const Listener = GenStatem.define(
        'Listener',
        setup({
          types: GenStatem.types<{ events: { type: 'watch' } | { type: 'DOWN'; reason: unknown } }>(),
        }).createMachine({
          on: {
            watch: { actions: () => monitor(target) },
            DOWN: { actions: ({ event }) => seen.push(event.reason) },
          },
        }),
      );
      const pid = await Listener.start();
      Listener.cast(pid, { type: 'watch' });
      await sleep(100);
      expect(seen).toEqual(['gone']);
      const told: unknown[] = [];
      const stop = subscribe('coppice.gen_server.unexpected_message', ({ message }) => told.push(message));
      send(pid as Pid<unknown>, 'no event');
      expect((await Listener.snapshot(pid)).status).toBe('active');
      expect(told).toEqual(['no event']);
      stop();
    }),
  );
});
