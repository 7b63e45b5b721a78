// What the types of process groups promise, and what must not compile. `tsc` checks this file; the functions are never called.
import { type Pid, type Ref, self } from '@coppice/core';
import { type GroupEvent, pg } from '@coppice/registry';
import { expect, expectTypeOf, it } from 'vitest';

interface Work {
  readonly type: 'work';
}
const Workers = pg.scope<string, Work>('workers');

export function typesOfResults(): void {
  expectTypeOf(pg.startLink(Workers)).toEqualTypeOf<Promise<Pid<never>>>();
  expectTypeOf(pg.getMembers(Workers, 'g')).toEqualTypeOf<readonly Pid<Work>[]>();
  expectTypeOf(pg.whichGroups(Workers)).toEqualTypeOf<readonly string[]>();
  expectTypeOf(pg.leave(Workers, 'g', self<Work>())).toEqualTypeOf<boolean>();
  expectTypeOf(pg.monitor(Workers, 'g')).toEqualTypeOf<{
    readonly ref: Ref;
    readonly pids: readonly Pid<Work>[];
  }>();
  expectTypeOf(pg.monitorScope(Workers).groups).toEqualTypeOf<ReadonlyMap<string, readonly Pid<Work>[]>>();
  expectTypeOf<GroupEvent<string, Work>['pids']>().toEqualTypeOf<readonly Pid<Work>[]>();
}

export function mustNotCompile(): void {
  // @ts-expect-error members take what the scope says
  pg.join(Workers, 'g', self<string>());
  // @ts-expect-error each of them
  pg.join(Workers, 'g', [self<Work>(), self<string>()]);
  // @ts-expect-error the type of groups
  pg.getMembers(Workers, 5);
  // @ts-expect-error a scope is named by its typed name
  pg.whichGroups('workers');
}

it('a typed name is plain data', () => {
  expect(JSON.stringify(Workers)).toBe('{"scope":"workers"}');
});
