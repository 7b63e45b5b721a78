import { Ets } from '@coppice/ets';

export const types = ['set', 'ordered_set', 'bag', 'duplicate_bag'] as const;

export const filled = () => {
  const table = Ets.new<unknown, unknown>();
  Ets.insertAll(table, [
    ['a', 1],
    ['b', 2],
  ]);
  return table;
};

export const ordered = (...keys: readonly unknown[]) => {
  const table = Ets.new<unknown, unknown, 'ordered_set'>({ type: 'ordered_set' });
  for (const key of keys) Ets.insert(table, key, key);
  return table;
};

export const keysOf = (table: Parameters<typeof Ets.entries<unknown, unknown>>[0]) =>
  Ets.entries(table).map(([key]) => key);
