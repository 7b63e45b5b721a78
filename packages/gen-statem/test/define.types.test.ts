import { type ChildSpec, type Pid, send } from '@coppice/core';
import { GenStatem, type MachinePid, reply } from '@coppice/gen-statem';
import { simulated } from '@coppice/testing';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { fromTransition, type SnapshotFrom, setup } from 'xstate';
import { Breaker, type breakerMachine } from './breaker.ts';

type BreakerPid = MachinePid<typeof breakerMachine>;

const Lock = GenStatem.define(
  'Lock',
  setup({
    types: GenStatem.types<{ events: { type: 'enter'; code: string } | { type: 'lock' } }>(),
  }).createMachine({
    initial: 'locked',
    states: { locked: { on: { enter: { actions: ({ event }) => reply(event.code === '1234') } } } },
  }),
  { answers: { enter: GenStatem.answer<boolean>() } },
);

/** Never run: what must, and must not, compile. */
export async function refused(pid: BreakerPid, lock: Awaited<ReturnType<typeof Lock.start>>): Promise<void> {
  // @ts-expect-error an event that the machine does not have
  Breaker.cast(pid, { type: 'resett' });
  // @ts-expect-error an event without its payload
  await Breaker.call(pid, { type: 'failure' });
  // @ts-expect-error a payload that the event does not have
  Breaker.cast(pid, { type: 'reset', by: 1 });
  // @ts-expect-error send is checked too
  send(pid, { type: 'resett' });
  // @ts-expect-error the machine wants its input
  await Breaker.startLink();
  // @ts-expect-error input of a wrong type
  await Breaker.startLink({ limit: '3' });
  // @ts-expect-error a pid of another machine
  await Breaker.snapshot(lock);
  // @ts-expect-error a name of another machine
  await Breaker.startLink({ limit: 3 }, { name: Lock.name('lock') });
  // @ts-expect-error not a value of this machine
  await Breaker.waitFor(pid, (snapshot) => snapshot.matches('ajar'));
  // @ts-expect-error the snapshot has no such context
  void (await Breaker.snapshot(pid)).context.failed;
  // @ts-expect-error camelCase options of GenServer
  await Breaker.call(pid, { type: 'reset' }, { time_out: 1 });
  const { machine } = await Lock.snapshot(lock);
  // @ts-expect-error an answer to an event that there is not
  GenStatem.define('Bad', machine, { answers: { leave: GenStatem.answer<boolean>() } });
  // @ts-expect-error the answer is a boolean
  const text: string = await Lock.call(lock, { type: 'enter', code: '1' });
  void text;
}

describe('the types of a machine', () => {
  it('are those of the XState machine', () => {
    expectTypeOf(() => Breaker.startLink({ limit: 1 })).returns.resolves.toEqualTypeOf<BreakerPid>();
    expectTypeOf(() => Breaker.snapshot('breaker')).returns.resolves.toEqualTypeOf<
      SnapshotFrom<typeof breakerMachine>
    >();
    expectTypeOf(Breaker.childSpec({ limit: 1 })).toEqualTypeOf<ChildSpec<BreakerPid, never>>();
    expectTypeOf<BreakerPid>().toExtend<Pid<{ readonly type: 'reset' }>>();
    expectTypeOf<BreakerPid>().not.toExtend<Pid<{ readonly type: 'open' }>>();
    const call = () => Breaker.call('breaker', { type: 'reset' });
    expectTypeOf(call).returns.resolves.toEqualTypeOf<SnapshotFrom<typeof breakerMachine>>();
    expectTypeOf<Awaited<ReturnType<typeof call>>['context']['failures']>().toEqualTypeOf<number>();
  });

  it('say what a call is answered with', () => {
    const enter = () => Lock.call('lock', { type: 'enter', code: '1' });
    expectTypeOf(enter).returns.resolves.toEqualTypeOf<boolean>();
    const lock = () => Lock.call('lock', { type: 'lock' });
    expectTypeOf(lock).returns.resolves.toEqualTypeOf<Awaited<ReturnType<typeof Lock.snapshot>>>();
  });

  it('are those of any other logic, too', () => {
    const Counter = GenStatem.define(
      'Counter',
      fromTransition((count: number, event: { type: 'add'; by: number }) => count + event.by, 0),
    );
    const add = () => Counter.call('counter', { type: 'add', by: 1 });
    expectTypeOf<Awaited<ReturnType<typeof add>>['context']>().toEqualTypeOf<number>();
    // @ts-expect-error an event that the logic does not have
    expect(() => Counter.cast('counter', { type: 'sub' })).toThrow('called outside a process');
  });

  it(
    'hold at run time',
    simulated(async () => {
      await Lock.start(undefined, { name: 'lock' });
      expect(await Lock.call('lock', { type: 'enter', code: '1234' })).toBe(true);
    }),
  );
});
