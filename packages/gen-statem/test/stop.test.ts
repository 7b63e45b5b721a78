import {
  ExitError,
  exit,
  isAlive,
  isDown,
  type Name,
  receive,
  sleep,
  type Via,
  whereis,
} from '@coppice/core';
import { GenServer } from '@coppice/gen-server';
import { GenStatem, nextEvent, reply } from '@coppice/gen-statem';
import { Supervisor } from '@coppice/supervisor';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { setup } from 'xstate';
import { probes } from './probe.ts';

const answer = { type: 'do', run: () => reply('answered') };

describe('GenServer.stop', () => {
  it(
    'ends a machine with normal [otp-statem-027] [otp-statem-037]',
    simulated(async ({ down }) => {
      for (const Each of probes) {
        const pid = await Each.start();
        await GenServer.stop(pid);
        expect(await down(pid)).toBe('normal');
        await expect(GenServer.stop(pid)).rejects.toMatchObject({ reason: 'noproc' });
      }
    }),
  );

  it(
    'ends it with another reason [otp-statem-028] [otp-statem-038]',
    simulated(async ({ down, expectCrash }) => {
      for (const Each of probes) {
        const { pid } = await Each.startMonitor();
        expectCrash('other_reason');
        await GenServer.stop(pid, 'other_reason');
        expect(await receive(isDown)).toMatchObject({ reason: 'other_reason' });
        expect(await down(pid)).toBe('other_reason');
      }
    }),
  );

  it(
    'refuses a bad timeout and leaves the machine alone [otp-statem-029] [otp-statem-039]',
    simulated(async () => {
      for (const Each of probes) {
        const pid = await Each.start();
        await expect(GenServer.stop(pid, 'normal', -1)).rejects.toThrow(RangeError);
        expect(isAlive(pid)).toBe(true);
        expect(await Each.call(pid, answer)).toBe('answered');
      }
    }),
  );

  it(
    'takes a local name, one with the own node, a global and a via name [otp-statem-030] [otp-statem-031] [otp-statem-032] [otp-statem-033] [otp-statem-040] [otp-statem-041] [otp-statem-042] [otp-statem-043]',
    simulated(async ({ node }) => {
      for (const Each of probes) {
        const via = {
          registerName: () => true,
          unregisterName: () => {},
          whereisName: () => whereis('inner'),
        } satisfies Via;
        const names: readonly (readonly [Name, Name])[] = [
          ['local', 'local'],
          ['local', { local: 'local', node: node.name }],
          [{ global: 'g' }, { global: 'g' }],
          ['inner', { via, key: 'k' }],
        ];
        for (const [registered, used] of names) {
          const pid = await Each.start(undefined, { name: registered });
          await GenServer.stop(used);
          expect(isAlive(pid)).toBe(false);
          expect(whereis(registered)).toBeUndefined();
          await expect(GenServer.stop(used)).rejects.toMatchObject({ reason: 'noproc' });
        }
      }
    }),
  );
});

describe('the end of a machine', () => {
  it(
    'is no crash when the reason is shutdown [otp-statem-059]',
    simulated(async ({ down }) => {
      for (const Each of probes) {
        for (const reason of ['shutdown', { shutdown: 'detail' }]) {
          const pid = await Each.start();
          Each.cast(pid, { type: 'do', run: () => exit(reason) });
          expect(await down(pid)).toEqual(reason); // a crash that nobody declared would fail this test
        }
      }
    }),
  );

  const Ending = GenStatem.define(
    'Ending',
    setup({
      types: GenStatem.types<{ events: { type: 'finish' } | { type: 'reply' } | { type: 'tell' } }>(),
    }).createMachine({
      initial: 'open',
      states: {
        open: {
          on: {
            finish: 'closed',
            reply: { target: 'closed', actions: () => reply('bye') },
            tell: { actions: () => nextEvent({ type: 'finish' }) },
          },
        },
        closed: { type: 'final' },
      },
      output: { total: 3 },
    }),
    { answers: { reply: GenStatem.answer<string>() } },
  );

  it(
    'is normal in a final state; the caller still gets the answer [otp-statem-060]',
    simulated(async ({ down }) => {
      const pid = await Ending.start();
      expect(await Ending.call(pid, { type: 'reply' })).toBe('bye');
      expect(await down(pid)).toBe('normal');
    }),
  );

  it(
    'gives callers the last snapshot with its output, and those who come too late its reason',
    simulated(async ({ down }) => {
      for (const type of ['finish', 'tell'] as const) {
        const pid = await Ending.start();
        const call = Ending.call(pid, { type });
        const waiting = Ending.waitFor(pid, ({ status }) => status === 'done');
        const never = Ending.waitFor(pid, () => false);
        expect(await call).toMatchObject({ status: 'done', output: { total: 3 } });
        await expect(waiting).rejects.toBeInstanceOf(ExitError); // came after the end
        await expect(never).rejects.toMatchObject({ reason: expect.stringMatching(/^no(rmal|proc)$/) });
        expect(await down(pid)).toBe('normal');
      }
      const pid = await Ending.start();
      const waiting = Ending.waitFor(pid, ({ status }) => status === 'done');
      Ending.cast(pid, { type: 'finish' });
      expect((await waiting).output).toEqual({ total: 3 });
    }),
  );

  it(
    'comes at once when the first state is final',
    simulated(async ({ down }) => {
      const Brief = GenStatem.define(
        'Brief',
        setup({}).createMachine({ initial: 'a', states: { a: { type: 'final' } } }),
      );
      expect(await down(await Brief.start())).toBe('normal');
    }),
  );

  it(
    'under transient restart is the end; after a crash it starts anew',
    simulated(async ({ expectCrash, settle }) => {
      const [Each] = probes;
      if (Each === undefined) throw new Error('no probe');
      await Supervisor.startLink([Each.childSpec(undefined, { name: 'p', restart: 'transient' })], {
        strategy: 'one_for_one',
      });
      const first = whereis('p');
      expectCrash('boom');
      Each.cast('p', {
        type: 'do',
        run: () => {
          throw new Error('boom');
        },
      });
      await sleep(1);
      expect(whereis('p')).not.toBe(first);
      expect(await Each.call('p', answer)).toBe('answered');
      Each.cast('p', { type: 'do', run: () => exit('normal') });
      await settle();
      expect(whereis('p')).toBeUndefined();
    }),
  );
});

describe('terminate', () => {
  const define = (terminate?: (reason: unknown, snapshot: { value: unknown }) => void) =>
    GenStatem.define(
      'Ends',
      setup({
        types: GenStatem.types<{ events: { type: 'run'; run: () => void } }>(),
      }).createMachine({
        initial: 'a',
        states: { a: { on: { run: { actions: ({ event }) => event.run() } } } },
      }),
      { trapExit: true, ...(terminate && { terminate }) },
    );

  it(
    'gets the reason and the last snapshot',
    simulated(async ({ down }) => {
      const seen: unknown[] = [];
      const Ends = define((reason, { value }) => seen.push([reason, value]));
      const pid = await Ends.start();
      await GenServer.stop(pid, 'shutdown');
      expect(await down(pid)).toBe('shutdown');
      expect(seen).toEqual([['shutdown', 'a']]);
    }),
  );

  it(
    'need not be there when a machine ends normally [otp-statem-079]',
    simulated(async ({ down }) => {
      const pid = await define().start();
      await GenServer.stop(pid);
      expect(await down(pid)).toBe('normal');
    }),
  );

  it(
    'need not be there when a machine crashes [otp-statem-080]',
    simulated(async ({ down, expectCrash }) => {
      expectCrash('boom');
      const Ends = define();
      const pid = await Ends.start();
      const boom = new Error('boom');
      Ends.cast(pid, {
        type: 'run',
        run: () => {
          throw boom;
        },
      });
      expect(await down(pid)).toBe(boom);
    }),
  );

  it(
    'replaces the reason when it throws [otp-statem-082]',
    simulated(async ({ down, expectCrash }) => {
      expectCrash('is not a function');
      const Ends = define(() => (undefined as unknown as () => void)());
      const { pid } = await Ends.startMonitor();
      await expect(GenServer.stop(pid)).rejects.toMatchObject({ reason: expect.any(TypeError) });
      expect(await down(pid)).toBeInstanceOf(TypeError);
    }),
  );
});
