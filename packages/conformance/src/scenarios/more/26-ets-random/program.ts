/** Random programs, the same as `Program` of the Elixir script makes. */
import type { TableType } from '@coppice/ets';
import { Dice } from '../../../dice.ts';

const types: readonly TableType[] = ['set', 'ordered_set', 'bag', 'duplicate_bag'];
const operations = [
  ...['insert', 'insert', 'insert', 'insert', 'insert_new', 'insert_new_all', 'delete', 'delete_object'],
  ...['take', 'lookup', 'member', 'size', 'walk', 'next', 'prev', 'ends', 'objects', 'select', 'pages'],
  ...['reversed', 'replace', 'select_delete', 'count', 'fold'],
];
const [a, b] = [Symbol.for('a'), Symbol.for('b')];
const keys: readonly unknown[] = [
  ...[1n, 1.0, 2n, 2.5, -1n, a, b, null, true, 'x', 'y', '', [], [1n], [1.0], [1n, a], [[1n]]],
  ...[{}, { a: 1n }, { a: 1.0 }, { b: 1n }, { a: 1n, b: 1n }],
];
const values: readonly unknown[] = [1n, 1.0, 2n, a, [1n], [1.0], { a: 1n }];

export interface Operation {
  readonly name: string;
  readonly key: unknown;
  readonly value: unknown;
  readonly limit: number;
}

export interface Program {
  readonly type: TableType;
  readonly operations: readonly Operation[];
}

export function randomProgram(seed: number): Program {
  const dice = new Dice(seed);
  const type = dice.from(types);
  const next = (): Operation => ({
    name: dice.from(operations),
    key: dice.from(keys),
    value: dice.from(values),
    limit: dice.pick(3) + 1,
  });
  return { type, operations: Array.from({ length: 40 }, next) };
}
