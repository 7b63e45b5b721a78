/** What the types promise, and what must not compile. */
import { type Named, type Pid, spawnLink } from '@coppice/core';
import { GenServer, ignore, ok, type PidOf, reply } from '@coppice/gen-server';
import {
  type ChildSpec,
  DynamicSupervisor,
  type DynamicSupervisorPid,
  PartitionSupervisor,
  Supervisor,
  type SupervisorPid,
} from '@coppice/supervisor';
import { expectTypeOf, it } from 'vitest';

const Counter = GenServer.define('Counter', {
  init: (start: number) => start,
  call: { read: (n) => reply(n, n) },
});
type CounterPid = PidOf<typeof Counter>;
declare const tree: SupervisorPid;
declare const pool: DynamicSupervisorPid;
const oneForOne = { strategy: 'one_for_one' } as const;

/** Never runs: what is in it is checked by the compiler. */
function compiles(): void {
  expectTypeOf(Supervisor.startLink([Counter.childSpec(0)], oneForOne)).toEqualTypeOf<
    Promise<SupervisorPid>
  >();
  expectTypeOf(Supervisor.startChild(tree, Counter.childSpec(0))).toEqualTypeOf<Promise<CounterPid>>();
  expectTypeOf(DynamicSupervisor.startChild(pool, Counter.childSpec(0))).toEqualTypeOf<Promise<CounterPid>>();
  const Maybe = GenServer.define('Maybe', { init: (n: number) => (n === 0 ? ignore() : ok(n)) });
  expectTypeOf(DynamicSupervisor.startChild(pool, Maybe.childSpec(0))).toEqualTypeOf<
    Promise<PidOf<typeof Maybe> | undefined>
  >();
  const info = { id: 1, start: async () => ({ pid: spawnLink(() => {}), info: 7 }) };
  expectTypeOf(Supervisor.startChild(tree, info)).resolves.toHaveProperty('info').toEqualTypeOf<number>();
  expectTypeOf(Supervisor.restartChild(tree, 1)).toEqualTypeOf<Promise<Pid<never> | undefined>>();
  expectTypeOf(Supervisor.childSpec([], oneForOne)).toEqualTypeOf<ChildSpec<SupervisorPid, never>>();
  expectTypeOf(Supervisor.name('tree')).toEqualTypeOf<Named<SupervisorPid>>();
  void Supervisor.countChildren(pool);
  void Supervisor.countChildren({ global: 'tree' });

  const Plain = Supervisor.define('Plain', () => ({ ...oneForOne, children: [] }));
  expectTypeOf(Plain.startLink()).toEqualTypeOf<Promise<SupervisorPid>>();
  void Plain.startLink(undefined, { name: Supervisor.name('plain') });
  const Pair = Supervisor.define('Pair', (size: number) =>
    size === 0 ? 'ignore' : { ...oneForOne, children: [] },
  );
  expectTypeOf(Pair.startLink(1)).toEqualTypeOf<Promise<SupervisorPid | 'ignore'>>();

  const Counters = PartitionSupervisor.name<CounterPid>('counters');
  void PartitionSupervisor.startLink({ name: Counters, child: (n) => Counter.childSpec(n) });
  expectTypeOf(PartitionSupervisor.via(Counters, 1)).toEqualTypeOf<Named<CounterPid>>();
  expectTypeOf(Counter.call(PartitionSupervisor.via(Counters, 1), 'read')).toEqualTypeOf<Promise<number>>();
  void DynamicSupervisor.startChild(pool, { id: 1, start: async (_tenant: string) => spawnLink(() => {}) });

  // @ts-expect-error a strategy is required
  void Supervisor.startLink([], {});
  // @ts-expect-error no such strategy
  void Supervisor.startLink([], { strategy: 'one_for_none' });
  // @ts-expect-error a child spec has a start
  void Supervisor.startLink([{ id: 'a' }], oneForOne);
  // @ts-expect-error a child spec has an id
  void Supervisor.startLink([{ start: () => Counter.startLink(0) }], oneForOne);
  // @ts-expect-error a start function gives a pid
  void Supervisor.startLink([{ id: 'a', start: async () => 7 }], oneForOne);
  // @ts-expect-error no such restart
  void Supervisor.startLink([{ ...Counter.childSpec(0), restart: 'sometimes' }], oneForOne);
  // @ts-expect-error no such shutdown
  void Supervisor.startLink([{ ...Counter.childSpec(0), shutdown: 'soon' }], oneForOne);
  // @ts-expect-error children of a dynamic supervisor are started under it alone
  void Supervisor.startChild(pool, Counter.childSpec(0));
  const child = spawnLink(() => {});
  // @ts-expect-error and those of a static one are known by id
  void DynamicSupervisor.terminateChild(tree, child);
  // @ts-expect-error a counter is no supervisor
  void Supervisor.whichChildren(Counter.name('counter'));
  // @ts-expect-error the name of a dynamic supervisor does not fit a static one
  void Supervisor.startLink([], { ...oneForOne, name: DynamicSupervisor.name('pool') });
  // @ts-expect-error init needs its argument
  void Pair.startLink();
  // @ts-expect-error of the type that it has
  void Pair.startLink('one');
  // @ts-expect-error the partitions are counters
  void PartitionSupervisor.startLink({ name: Counters, child: () => Supervisor.childSpec([], oneForOne) });
  // @ts-expect-error a dynamic supervisor restarts one by one
  void DynamicSupervisor.startLink({ strategy: 'one_for_all' });
}

it('is checked by the compiler', () => {
  expectTypeOf(compiles).toBeFunction();
});
