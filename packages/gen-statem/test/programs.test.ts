import { exit, receive, sleep, whereis } from '@coppice/core';
import { GenServer, noreply, reply as replyWith } from '@coppice/gen-server';
import { deferReply, GenStatem, nextEvent, postpone, reply, startTimeout } from '@coppice/gen-statem';
import { Supervisor } from '@coppice/supervisor';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { assign, fromPromise, setup } from 'xstate';
import { Breaker } from './breaker.ts';

async function guarded<T>(work: () => Promise<T>): Promise<T | 'open'> {
  if ((await Breaker.snapshot('breaker')).matches('open')) return 'open';
  try {
    const value = await work();
    Breaker.cast('breaker', { type: 'success' });
    return value;
  } catch (error) {
    if (error instanceof Error) Breaker.cast('breaker', { type: 'failure', error });
    throw error;
  }
}

describe('a circuit breaker', () => {
  it(
    'opens after failures, lets nobody through, and heals',
    simulated(async () => {
      await Supervisor.startLink([Breaker.childSpec({ limit: 3 }, { name: 'breaker' })], {
        strategy: 'one_for_one',
      });
      let isUp = false;
      let calls = 0;
      const service = async () => {
        calls += 1;
        if (!isUp) throw new Error('down');
        return 'served';
      };
      for (let left = 3; left > 0; left -= 1) await expect(guarded(service)).rejects.toThrow('down');
      expect(await guarded(service)).toBe('open');
      expect(calls).toBe(3);
      isUp = true;
      await sleep(10_001);
      expect(await guarded(service)).toBe('served');
      expect((await Breaker.snapshot('breaker')).value).toBe('closed');
      expect((await Breaker.call('breaker', { type: 'reset' })).context.failures).toBe(0);
    }),
  );
});

/** OTP's example of `gen_statem`: buttons; the right code opens for 10 s; the wrong one is forgotten after 30 s without a button. */
const Door = GenStatem.define(
  'Door',
  setup({
    types: GenStatem.types<{
      context: { readonly code: string; readonly entered: string };
      events:
        | { type: 'button'; digit: string }
        | { type: 'code_length' }
        | { type: 'forget' }
        | { type: 'lock' };
      input: { readonly code: string };
    }>(),
    guards: {
      isCode: ({ context, event }) =>
        event.type === 'button' && (context.entered + event.digit).endsWith(context.code),
    },
  }).createMachine({
    context: ({ input }) => ({ code: input.code, entered: '' }),
    initial: 'locked',
    on: { code_length: { actions: ({ context }) => reply(context.code.length) } },
    states: {
      locked: {
        entry: assign({ entered: '' }),
        on: {
          forget: { actions: assign({ entered: '' }) },
          button: [
            { guard: 'isCode', target: 'open' },
            {
              actions: [
                assign({ entered: ({ context, event }) => (context.entered + event.digit).slice(-8) }),
                () => startTimeout('timeout', 30_000, { type: 'forget' }),
              ],
            },
          ],
        },
      },
      open: {
        entry: () => startTimeout('state_timeout', 10_000, { type: 'lock' }),
        on: { button: { actions: postpone }, lock: 'locked' },
      },
    },
  }),
  { answers: { code_length: GenStatem.answer<number>() } },
);

describe('a door lock', () => {
  const press = (digits: string) => {
    for (const digit of digits) Door.cast('door', { type: 'button', digit });
  };
  const isOpen = async () => (await Door.snapshot('door')).matches('open');

  it(
    'opens for its code, locks again, keeps what was pressed meanwhile, and forgets',
    simulated(async () => {
      await Door.startLink({ code: '1234' }, { name: 'door' });
      expect(await Door.call('door', { type: 'code_length' })).toBe(4);
      press('99');
      expect(await isOpen()).toBe(false);
      press('1234');
      expect(await isOpen()).toBe(true);
      await sleep(5_000);
      press('12');
      await sleep(5_001);
      expect(await isOpen()).toBe(false);
      press('34');
      expect(await isOpen()).toBe(true);
      await sleep(10_001);
      press('12');
      await sleep(30_001);
      press('34');
      expect(await isOpen()).toBe(false);
    }),
  );

  it(
    'is locked again after a crash',
    simulated(async () => {
      await Supervisor.startLink([Door.childSpec({ code: '1' }, { name: 'door' })], {
        strategy: 'one_for_one',
      });
      press('1');
      expect(await isOpen()).toBe(true);
      const before = whereis('door');
      if (before !== undefined) exit(before, 'kill');
      await sleep(1);
      expect(whereis('door')).not.toBe(before);
      expect(await isOpen()).toBe(false);
    }),
  );
});

/** Somewhere to connect to; refuses while it is down. */
const Peer = GenServer.define('Peer', {
  init: (isUp: boolean) => isUp,
  call: {
    connect: (isUp) => replyWith(isUp, isUp),
    ask: (isUp, question: string) => replyWith(`${question}!`, isUp),
  },
  cast: { become: (_, isUp: boolean) => noreply(isUp) },
});

/** Connects, waits twice as long after each failure, and keeps requests until it is connected. */
const Connection = GenStatem.define(
  'Connection',
  setup({
    types: GenStatem.types<{
      context: { readonly attempts: number };
      events: { type: 'ask'; question: string } | { type: 'lost' } | { type: 'hello' };
    }>(),
    actors: {
      connect: fromPromise(async () => {
        if (!(await Peer.call('peer', 'connect'))) throw new Error('refused');
      }),
    },
    delays: { backoff: ({ context }) => 100 * 2 ** (context.attempts - 1) },
  }).createMachine({
    context: { attempts: 0 },
    initial: 'connecting',
    states: {
      connecting: {
        entry: assign({ attempts: ({ context }) => context.attempts + 1 }),
        invoke: { src: 'connect', onDone: 'connected', onError: 'waiting' },
        on: { ask: { actions: postpone } },
      },
      waiting: { after: { backoff: 'connecting' }, on: { ask: { actions: postpone } } },
      connected: {
        entry: [assign({ attempts: 0 }), () => nextEvent({ type: 'hello' })],
        on: {
          lost: 'connecting',
          ask: {
            actions: ({ event }) => {
              const from = deferReply<string>();
              void Peer.call('peer', 'ask', event.question).then(
                (answer) => from && GenServer.reply(from, answer),
              );
            },
          },
        },
      },
    },
  }),
  { answers: { ask: GenStatem.answer<string>() } },
);

describe('a connection with backoff', () => {
  it(
    'tries again, later each time, and answers what was asked meanwhile',
    simulated(async ({ now }) => {
      await Supervisor.startLink(
        [Peer.childSpec(false, { name: 'peer' }), Connection.childSpec(undefined, { name: 'connection' })],
        { strategy: 'rest_for_one' },
      );
      const asked = Connection.call(
        'connection',
        { type: 'ask', question: 'there' },
        { timeout: 'infinity' },
      );
      await sleep(650); // tries at 0, 100, 300, 700
      expect((await Connection.snapshot('connection')).context.attempts).toBe(3);
      Peer.cast('peer', 'become', true);
      expect(await asked).toBe('there!');
      expect(now()).toBe(700);
      Connection.cast('connection', { type: 'lost' });
      expect(await Connection.call('connection', { type: 'ask', question: 'again' })).toBe('again!');
    }),
  );

  it(
    'ends with its peer and is started again after it',
    simulated(async () => {
      await Supervisor.startLink(
        [Peer.childSpec(true, { name: 'peer' }), Connection.childSpec(undefined, { name: 'connection' })],
        { strategy: 'rest_for_one' },
      );
      expect(await Connection.call('connection', { type: 'ask', question: 'a' })).toBe('a!');
      const before = [whereis('peer'), whereis('connection')];
      if (before[0] !== undefined) exit(before[0], 'kill');
      await receive(() => true, { timeout: 10 });
      expect(whereis('connection')).not.toBe(before[1]);
      expect(await Connection.call('connection', { type: 'ask', question: 'b' })).toBe('b!');
    }),
  );
});
