/** Random programs, the same as `Program` of the Elixir script makes. */
import type { TableType } from '@coppice/ets';

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
  let state = seed;
  /** The minimal standard generator: the same numbers in any language. */
  const pick = (count: number): number => {
    state = (state * 16_807) % 2_147_483_647;
    return Math.floor(state / 8) % count;
  };
  const from = <T>(list: readonly T[]): T => list[pick(list.length)] as T; // `pick` is within the list
  const type = from(types);
  const next = (): Operation => ({
    name: from(operations),
    key: from(keys),
    value: from(values),
    limit: pick(3) + 1,
  });
  return { type, operations: Array.from({ length: 40 }, next) };
}
