// Random operations on tables of each type, against the plainest model: an array of objects.
import { sameTerm } from '@coppice/core';
import { compareTerms, Ets, type TableType } from '@coppice/ets';
import { simulated } from '@coppice/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

type Pair = readonly [unknown, unknown];
type AnyTable = Ets<unknown, unknown, TableType>;

/** What a table does, said with an array. */
class Model {
  readonly type: TableType;
  objects: Pair[] = [];

  constructor(type: TableType) {
    this.type = type;
  }

  isKey(a: unknown, b: unknown): boolean {
    return this.type === 'ordered_set' ? compareTerms(a, b) === 0 : sameTerm(a, b);
  }

  insert(key: unknown, value: unknown): void {
    const isSame = ([k, v]: Pair): boolean => this.isKey(k, key) && sameTerm(v, value);
    if (this.type === 'bag' && this.objects.some(isSame)) return;
    if (this.type.includes('bag')) this.objects.push([key, value]);
    else this.objects = [...this.objects.filter(([k]) => !this.isKey(k, key)), [key, value]];
  }

  values(key: unknown): unknown[] {
    return this.objects.filter(([k]) => this.isKey(k, key)).map(([, value]) => value);
  }

  keep(passes: (object: Pair) => boolean): void {
    this.objects = this.objects.filter(passes);
  }
}

const key = fc.oneof(
  fc.integer({ min: 0, max: 4 }),
  fc.constantFrom(1n, '1', 'a', null, undefined, true, Number.NaN, -0),
  fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 2 }),
  fc.constantFrom({}, { a: 1 }, { a: 1, b: [1] }),
);
const value = fc.oneof(fc.integer({ min: 0, max: 2 }), fc.array(fc.constantFrom(1, 2), { maxLength: 1 }));
const operation = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('insert' as const), key, value }) },
  fc.record({ do: fc.constantFrom('insertNew' as const, 'deleteObject' as const), key, value }),
  fc.record({ do: fc.constantFrom('delete' as const, 'take' as const), key, value }),
  fc.record({ do: fc.constantFrom('selectDelete' as const, 'clear' as const), key, value }),
);

/** Does the same to both; what the table gave, and what the model would. */
function perform(
  table: AnyTable,
  model: Model,
  { do: what, key, value }: { do: string; key: unknown; value: unknown },
): { readonly given: unknown; readonly expected: unknown } {
  const isOther = ([k]: Pair): boolean => !model.isKey(k, key);
  // An object is deleted by what it is, also in an ordered set, where 1 and 1n are one key.
  const isDifferent = ([k, v]: Pair): boolean => !sameTerm(k, key) || !sameTerm(v, value);
  const hasOtherValue = ([, v]: Pair): boolean => !sameTerm(v, value);
  const values = model.values(key);
  switch (what) {
    case 'insert':
      model.insert(key, value);
      return { given: Ets.insert(table, key, value), expected: undefined };
    case 'insertNew':
      if (values.length === 0) model.insert(key, value);
      return { given: Ets.insertNew(table, key, value), expected: values.length === 0 };
    case 'delete':
      model.keep(isOther);
      return { given: Ets.delete(table, key), expected: undefined };
    case 'take':
      model.keep(isOther);
      return { given: Ets.take(table, key), expected: values };
    case 'deleteObject':
      model.keep(isDifferent);
      return { given: Ets.deleteObject(table, key, value), expected: undefined };
    case 'selectDelete': {
      const before = model.objects.length;
      model.keep(hasOtherValue);
      const given = Ets.selectDelete(table, (_key, other) => sameTerm(other, value));
      return { given, expected: before - model.objects.length };
    }
    default:
      model.objects = [];
      return { given: Ets.clear(table), expected: undefined };
  }
}

function compare(table: AnyTable, model: Model): void {
  const objects = Ets.entries(table);
  expect(Ets.info(table)?.size).toBe(model.objects.length);
  expect(objects).toHaveLength(model.objects.length);
  const keys: unknown[] = [];
  for (const [each] of objects) if (!keys.some((known) => model.isKey(known, each))) keys.push(each);
  for (const each of keys) {
    expect(Ets.member(table, each)).toBe(true);
    expect(objects.filter(([k]) => model.isKey(k, each)).map(([, v]) => v)).toEqual(model.values(each));
  }
  const boxes = keys.map((each) => [each] as const); // `sort` puts undefined last
  if (model.type === 'ordered_set') boxes.sort(([a], [b]) => compareTerms(a, b));
  expect(keys).toEqual(boxes.map(([each]) => each));
  expect(walk(table, keys.length)).toEqual(keys);
}

/** Keys by `first` and `next`; by number, since a key may be `undefined`. */
function walk(table: AnyTable, keys: number): unknown[] {
  const met: unknown[] = [];
  for (let key = Ets.first(table); met.length < keys; key = Ets.next(table, key)) met.push(key);
  return met;
}

describe('a table', () => {
  it.each(['set', 'ordered_set', 'bag', 'duplicate_bag'] as const)(
    'of type %s does what the model does [otp-ets-014]',
    async (type) => {
      await simulated(async () => {
        fc.assert(
          fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
            const table: AnyTable = Ets.new<unknown, unknown, TableType>({ type });
            const model = new Model(type);
            for (const each of operations) {
              const { given, expected } = perform(table, model, each);
              expect(given).toEqual(expected);
              compare(table, model);
            }
            Ets.delete(table);
          }),
          { numRuns: 150 },
        );
      })();
    },
  );

  it(
    'walks right though it changes under way: what stays is met once [otp-ets-007]',
    simulated(async () => {
      const changes = fc.array(fc.record({ key: fc.nat({ max: 30 }), adds: fc.boolean() }), {
        maxLength: 60,
      });
      fc.assert(
        fc.property(
          fc.constantFrom('set' as const, 'bag' as const, 'ordered_set' as const),
          changes,
          (type, list) => {
            const table: AnyTable = Ets.new<unknown, unknown, TableType>({ type });
            for (let n = 0; n <= 20; n += 1) Ets.insert(table, n, n);
            const touched = new Set(list.map(({ key }) => key));
            Ets.safeFixtable(table, true);
            const met: unknown[] = [];
            const left = [...list];
            for (let key = Ets.first(table); key !== undefined; key = Ets.next(table, key)) {
              met.push(key);
              const change = left.shift();
              if (change?.adds === true) Ets.insert(table, change.key, 0);
              else if (change !== undefined) Ets.delete(table, change.key);
            }
            const untouched = Array.from({ length: 21 }, (_, n) => n).filter((n) => !touched.has(n));
            expect(met.filter((key) => untouched.includes(Number(key))).sort(compareTerms)).toEqual(
              untouched,
            );
            expect(new Set(met).size).toBe(met.length);
          },
        ),
        { numRuns: 300 },
      );
    }),
  );
});
