import {
  type Exit,
  exit,
  hibernate,
  isExit,
  type Pid,
  processInfo,
  receive,
  register,
  self,
  send,
  sleep,
  spawn,
  trapExit,
  whereis,
} from '@coppice/core';
import { GenServer } from '@coppice/gen-server';
import { GenStatem, nextEvent, reply } from '@coppice/gen-statem';
import { Supervisor } from '@coppice/supervisor';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { assign, fromCallback, fromPromise, type Snapshot, setup } from 'xstate';
import { Breaker, breakerMachine } from './breaker.ts';
import { probes } from './probe.ts';

const failure = { type: 'failure', error: new Error('refused') } as const;

describe('snapshot', () => {
  it(
    'gives state and data [otp-statem-073]',
    simulated(async () => {
      const pid = await Breaker.start({ limit: 3 });
      Breaker.cast(pid, failure);
      const { value, context, status } = await Breaker.snapshot(pid);
      expect({ value, context, status }).toEqual({
        value: 'closed',
        context: { failures: 1, limit: 3 },
        status: 'active',
      });
      expect(await GenServer.getStatus(pid)).toMatchObject({ state: { value: 'closed', context } });
    }),
  );

  it(
    'is the same under every isolation',
    simulated(async () => {
      for (const isolation of ['share', 'freeze', 'clone'] as const) {
        const pid = await Breaker.start({ limit: 2 }, { isolation });
        Breaker.cast(pid, failure);
        const snapshot = await Breaker.call(pid, failure);
        expect(snapshot.matches('open')).toBe(true);
        expect(snapshot.can({ type: 'reset' })).toBe(true);
      }
    }),
  );
});

describe('replaceState', () => {
  it(
    'replaces state and data; postponed events and timeouts stay [otp-statem-074]',
    simulated(async ({ now }) => {
      const pid = await Breaker.start({ limit: 3 });
      const changed = await Breaker.replaceState(pid, () =>
        breakerMachine.resolveState({ value: 'open', context: { failures: 2, limit: 9 } }),
      );
      expect(changed.value).toBe('open');
      expect((await Breaker.snapshot(pid)).context).toEqual({ failures: 2, limit: 9 });
      await Breaker.waitFor(pid, (snapshot) => snapshot.matches('halfOpen'), { timeout: 'infinity' });
      expect(now()).toBe(10_000);
    }),
  );

  it(
    'starts invoked actors anew, which may ask for what they ask for at a start',
    simulated(async () => {
      const starting = fromCallback(() => nextEvent({ type: 'started' }));
      const Counter = GenStatem.define(
        'Counter',
        setup({
          types: GenStatem.types<{ context: { starts: number }; events: { type: 'started' } }>(),
          actors: { starting },
        }).createMachine({
          context: { starts: 0 },
          invoke: { src: 'starting' },
          on: { started: { actions: assign({ starts: ({ context }) => context.starts + 1 }) } },
        }),
      );
      const pid = await Counter.start();
      await Counter.replaceState(pid, (snapshot) => snapshot);
      expect((await Counter.snapshot(pid)).context).toEqual({ starts: 2 });
    }),
  );

  it(
    'leaves the machine as it was if that is impossible [otp-statem-074]',
    simulated(async () => {
      const pid = await Breaker.start({ limit: 3 });
      const boom = new Error('no');
      const thrown = Breaker.replaceState(pid, () => {
        throw boom;
      });
      await expect(thrown).rejects.toMatchObject({ code: 'callback_failed', reason: boom });
      const wrong = Breaker.replaceState(pid, (snapshot) => ({ ...snapshot, value: 'ajar' }));
      await expect(wrong).rejects.toMatchObject({ code: 'callback_failed' });
      expect((await Breaker.call(pid, failure)).context).toEqual({ failures: 1, limit: 3 });
    }),
  );
});

describe('enterLoop', () => {
  it(
    'makes a process that runs already a machine [otp-statem-077]',
    simulated(async ({ down }) => {
      const seen: unknown[] = [];
      const pid = spawn(async () => {
        register(self(), 'mine');
        seen.push(await receive());
        await Breaker.enterLoop({ limit: 1 }, { name: 'mine', hibernateAfter: 10 });
      });
      send(pid as Pid<unknown>, 'first');
      await sleep(1);
      expect(seen).toEqual(['first']);
      expect((await Breaker.call('mine', failure)).value).toBe('open');
      await sleep(11);
      expect(processInfo(pid)?.status).toBe('hibernated');
      await sleep(9_990);
      expect((await Breaker.snapshot('mine')).value).toBe('halfOpen');
      await GenServer.stop('mine');
      expect(await down(pid)).toBe('normal');
      const other = spawn(() => Breaker.enterLoop({ limit: 1 }, { name: 'not mine' }));
      expect(await down(other)).toBe('process_not_registered');
    }),
  );
});

describe('persist', () => {
  it(
    'brings a crashed machine back where it was, its delays begun anew',
    simulated(async ({ now }) => {
      let saved: Snapshot<unknown> | undefined;
      const options = {
        name: 'breaker',
        persist: (snapshot: Snapshot<unknown>) =>
          void (saved = JSON.parse(JSON.stringify(snapshot)) as Snapshot<unknown>),
        snapshot: () => saved,
      };
      await Supervisor.startLink([Breaker.childSpec({ limit: 1 }, options)], { strategy: 'one_for_one' });
      await Breaker.call('breaker', failure);
      await sleep(6_000);
      const before = whereis('breaker');
      if (before === undefined) throw new Error('no breaker');
      exit(before, 'kill');
      await sleep(1);
      expect(whereis('breaker')).not.toBe(before);
      expect((await Breaker.snapshot('breaker')).value).toBe('open');
      await Breaker.waitFor('breaker', (snapshot) => snapshot.matches('halfOpen'), { timeout: 'infinity' });
      expect(now()).toBe(16_000);
    }),
  );

  it(
    'is done before the event is answered; a throw ends the machine',
    simulated(async ({ down, expectCrash, now }) => {
      const slow = await Breaker.start({ limit: 1 }, { persist: () => sleep(100) });
      expect(now()).toBe(100);
      await Breaker.call(slow, failure);
      expect(now()).toBe(200);
      expectCrash('disk full');
      let isFull = false;
      const full = await Breaker.start(
        { limit: 1 },
        {
          persist: async () => {
            await sleep(1);
            if (isFull) throw new Error('disk full');
          },
        },
      );
      isFull = true;
      await expect(Breaker.call(full, failure)).rejects.toMatchObject({ reason: { message: 'disk full' } });
      expect(await down(full)).toMatchObject({ message: 'disk full' });
    }),
  );

  it(
    'starts invoked actors again, and reloads what a promise brings',
    simulated(async () => {
      let runs = 0;
      const Job = GenStatem.define(
        'Job',
        setup({
          actors: {
            work: fromPromise(async () => {
              runs += 1;
              await sleep(1_000);
            }),
          },
        }).createMachine({
          initial: 'busy',
          states: { busy: { invoke: { src: 'work', onDone: 'done' } }, done: {} },
        }),
      );
      let saved: Snapshot<unknown> | undefined;
      const pid = await Job.start(undefined, { persist: (snapshot) => void (saved = snapshot) });
      await GenServer.stop(pid);
      const again = await Job.start(undefined, { snapshot: async () => (await sleep(5), saved) });
      await Job.waitFor(again, (snapshot) => snapshot.matches('done'));
      expect(runs).toBe(2);
    }),
  );

  it(
    'takes named, numeric and computed delays up again, of invoked machines too',
    simulated(async ({ now }) => {
      const child = setup({}).createMachine({
        initial: 'a',
        states: { a: { after: { 300: 'b' } }, b: { type: 'final' } },
      });
      const Delays = GenStatem.define(
        'Delays',
        setup({
          types: GenStatem.types<{ context: { ms: number } }>(),
          actors: { child },
          delays: { fixed: 100, computed: ({ context }) => context.ms },
        }).createMachine({
          context: { ms: 200 },
          initial: 'one',
          states: {
            one: { after: { fixed: 'two' } },
            two: { after: { computed: 'three' } },
            three: { invoke: { src: 'child', onDone: 'four' } },
            four: {},
          },
        }),
      );
      const saved: Snapshot<unknown>[] = [];
      const first = await Delays.start(undefined, { persist: (snapshot) => void saved.push(snapshot) });
      await Delays.waitFor(first, (snapshot) => snapshot.matches('four'));
      expect(now()).toBe(600);
      const ends: number[] = [];
      for (const state of ['one', 'two', 'three']) {
        const snapshot = saved.find((one) => 'value' in one && one.value === state);
        if (snapshot === undefined) throw new Error(`no snapshot of ${state}`);
        const before = now();
        const pid = await Delays.start(undefined, { snapshot });
        await Delays.waitFor(pid, ({ value }) => value !== state);
        ends.push(now() - before);
      }
      expect(ends).toEqual([100, 200, 300]);
    }),
  );
});

describe('waitFor', () => {
  it(
    'resolves at once, or with the first snapshot that satisfies it',
    simulated(async ({ now }) => {
      const pid = await Breaker.start({ limit: 1 });
      expect((await Breaker.waitFor(pid, (snapshot) => snapshot.matches('closed'))).value).toBe('closed');
      Breaker.cast(pid, failure);
      const waited = await Breaker.waitFor(pid, (snapshot) => snapshot.matches('halfOpen'), {
        timeout: 'infinity',
      });
      expect([waited.value, now()]).toEqual(['halfOpen', 10_000]);
    }),
  );

  it(
    'rejects after its timeout, with what the function throws, and with the exit reason',
    simulated(async ({ now }) => {
      const pid = await Breaker.start({ limit: 1 });
      await expect(Breaker.waitFor(pid, () => false)).rejects.toMatchObject({ reason: 'timeout' });
      expect(now()).toBe(5_000);
      const boom = new Error('not a good question');
      const wrong = Breaker.waitFor(pid, () => {
        throw boom;
      });
      await expect(wrong).rejects.toBe(boom);
      spawn(() => void Breaker.waitFor(pid, () => false)); // asks, and is gone
      const waiting = Breaker.waitFor(pid, () => false, { timeout: 'infinity' });
      await sleep(1);
      exit(pid, 'kill');
      await expect(waiting).rejects.toMatchObject({ reason: 'killed' });
    }),
  );
});

describe('hibernate', () => {
  it(
    'from an action lasts until the next event [otp-statem-075]',
    simulated(async () => {
      for (const Each of probes) {
        const pid = await Each.start(hibernate);
        expect(processInfo(pid)?.status).toBe('hibernated');
        await Each.call(pid, { type: 'do', run: () => reply(1) });
        expect(processInfo(pid)?.status).toBe('waiting');
        await Each.call(pid, { type: 'do', run: hibernate });
        expect(processInfo(pid)?.status).toBe('hibernated');
      }
    }),
  );

  it(
    'comes by itself after hibernateAfter ms without a message [otp-statem-076]',
    simulated(async () => {
      for (const Each of probes) {
        const pid = await Each.start(undefined, { hibernateAfter: 100 });
        await sleep(99);
        expect(processInfo(pid)?.status).toBe('waiting');
        await sleep(2);
        expect(processInfo(pid)?.status).toBe('hibernated');
        await Each.call(pid, { type: 'do', run: () => reply(1) });
        await sleep(99);
        expect(processInfo(pid)?.status).toBe('waiting');
        await sleep(2);
        expect(processInfo(pid)?.status).toBe('hibernated');
      }
    }),
  );
});

describe('trapExit', () => {
  it(
    'makes exits events',
    simulated(async () => {
      trapExit(true);
      const seen: unknown[] = [];
      const Trap = GenStatem.define(
        'Trap',
        setup({ types: GenStatem.types<{ events: Exit }>() }).createMachine({
          on: { EXIT: { actions: ({ event }) => seen.push(event.reason) } },
        }),
        { trapExit: true },
      );
      const pid = await Trap.start();
      exit(pid, 'request');
      await Trap.snapshot(pid);
      expect(seen).toEqual(['request']);
      const linked = await Trap.startLink();
      exit(linked, 'shutdown'); // from the parent
      expect(await receive(isExit)).toMatchObject({ from: linked, reason: 'shutdown' });
    }),
  );
});
