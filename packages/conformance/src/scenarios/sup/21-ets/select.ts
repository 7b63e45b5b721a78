/** Objects that pass. */
import { Ets } from '@coppice/ets';
import type { Oracle } from '../../../oracle.ts';
import { untyped } from '../../../term.ts';
import { objects, raised, tableOf, tuple } from './tables.ts';

type Tagged = Ets<number, readonly [string, number], 'ordered_set'>;

export function matches(O: Oracle): Tagged {
  const m: Tagged = Ets.new({ type: 'ordered_set' });
  Ets.insertAll(m, [
    [1, ['a', 10]],
    [2, ['b', 20]],
    [3, ['a', 30]],
  ]);
  O.step('match', [
    Ets.select(m, (key, [tag]) => (tag === 'a' ? [key] : undefined)),
    Ets.select(m, (key, [tag, n]) => (tag === 'a' ? [n, key] : undefined)),
    Ets.select(m, (key) => (key === 9 ? [] : undefined)),
  ]);
  const t = Ets.new<number, number, 'ordered_set'>({ type: 'ordered_set' });
  Ets.insertAll(t, [
    [1, 1],
    [2, 3],
  ]);
  O.step(
    'match with the same variable twice',
    Ets.match(t, (key, value) => key === value),
  );
  O.step('match_object, match_delete', [
    Ets.match(m, (_, [tag]) => tag === 'a').map(tuple),
    Ets.selectDelete(m, (_, [tag]) => tag === 'b') === 1,
    Ets.info(m)?.size,
  ]);
  Ets.insert(m, 2, ['b', 20]);
  return m;
}

export async function selects(O: Oracle, m: Tagged): Promise<void> {
  O.step('select: guards and bodies', [
    Ets.select(m, (key, [, n]) => (n > 10 ? [key, n] : undefined)),
    Ets.select(m, (key, value) => (value[0] === 'a' ? [key, ...value] : undefined)),
    Ets.select(m, (key, [, n]) => (key >= 2 && n < 30 ? [key, n] : undefined)),
  ]);
  O.step('select_count, select_delete, select_replace', [
    Ets.selectCount(m, (_, [tag]) => tag === 'a'),
    Ets.selectDelete(m, (_, [tag]) => tag === 'b'),
    Ets.selectReplace(m, (_, [tag, n]) => (tag === 'a' ? (['z', n + 1] as const) : undefined)),
    objects(m),
  ]);
  const a = Ets.select(tableOf([1, 2, 3, 4, 5]), (key) => key, 2);
  const b = a && Ets.select(a.continuation);
  const d = b && Ets.select(b.continuation);
  O.step('select with a limit and continuation (ordered)', [
    a?.results,
    b?.results,
    d?.results,
    d && (Ets.select(d.continuation) ?? 'end'),
  ]);
  O.step('bad match spec raises', await raised(O, () => Ets.select(m, untyped([['x']]))));
}
