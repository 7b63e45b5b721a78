/** Random use of a registry by several processes, some of which are killed, beside a list of entries. */
import {
  type Context,
  type Down,
  exit,
  isDown,
  monitor,
  type Pid,
  processInfo,
  receive,
  self,
  send,
  spawn,
} from '@coppice/core';
import { AlreadyRegisteredError, Registry } from '@coppice/registry';
import { simulate } from '@coppice/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';

const OWNERS = 4;
const keys = fc.constantFrom<unknown>('a', 'b', 1, ['room', 4], { floor: 2 });
const at = fc.nat(OWNERS - 1);
const value = fc.nat(5);
const operation = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('register' as const), at, key: keys, value }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('unregister' as const), at, key: keys }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('unregister_match' as const), at, key: keys, value }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('update' as const), at, key: keys }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('kill' as const), at }) },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

interface Entry {
  readonly pid: Pid<never>;
  readonly key: unknown;
  readonly value: number;
}
interface Request {
  readonly fn: () => unknown;
  readonly from: Pid<Answer>;
}
interface Answer {
  readonly type: 'answer';
  readonly value: unknown;
}
type Owner = Pid<Request>;

/** The registry on paper: entries in the order in which they were made. */
class Model {
  readonly #isUnique: boolean;
  #entries: readonly Entry[] = [];

  constructor(isUnique: boolean) {
    this.#isUnique = isUnique;
  }

  register(entry: Entry): Pid<never> | undefined {
    const holder = this.#isUnique ? this.under(entry.key)[0]?.pid : undefined;
    if (holder === undefined) this.#entries = [...this.#entries, entry];
    return holder;
  }

  remove(where: (entry: Entry) => boolean): void {
    this.#entries = this.#entries.filter((entry) => !where(entry));
  }

  update(pid: Pid<never>, key: unknown): { readonly value: number; readonly old: number } | undefined {
    const entry = this.under(key).find((one) => one.pid === pid);
    if (entry === undefined) return undefined;
    this.#entries = this.#entries.map((one) => (one === entry ? { ...one, value: one.value + 1 } : one));
    return { value: entry.value + 1, old: entry.value };
  }

  under(key: unknown): readonly Entry[] {
    return this.#entries.filter((entry) => same(entry.key, key));
  }

  of(pid: Pid<never>): readonly Entry[] {
    return this.#entries.filter((entry) => entry.pid === pid);
  }

  get size(): number {
    return this.#entries.length;
  }
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

/** A process that runs what it is asked to. */
function makeOwner(): Owner {
  return spawn(async ({ receive: next }: Context<Request>) => {
    for (;;) {
      const { fn, from } = await next();
      send(from, { type: 'answer', value: attempt(fn) });
    }
  });
}

function attempt(fn: () => unknown): unknown {
  try {
    return fn();
  } catch (error) {
    if (error instanceof AlreadyRegisteredError) return error.pid;
    throw error;
  }
}

async function ask(owner: Owner, fn: () => unknown): Promise<unknown> {
  send(owner, { fn, from: self<Answer>() });
  return (await receive<Answer>()).value;
}

/** Kills a process; when its `DOWN` is there, its entries are gone. */
async function ended(pid: Pid<never>): Promise<void> {
  const ref = monitor(pid);
  exit(pid, 'kill');
  await receive((message): message is Down => isDown(message) && message.ref === ref);
}

async function play(
  operations: readonly Operation[],
  kind: 'unique' | 'duplicate',
  partitions: number,
): Promise<void> {
  const registry =
    kind === 'unique' ? Registry.unique<unknown, number>('r') : Registry.duplicate<unknown, number>('r');
  await Registry.startLink(registry, { partitions });
  const model = new Model(kind === 'unique');
  const owners = Array.from({ length: OWNERS }, makeOwner);
  const ownerAt = (index: number): Owner => owners[index] ?? makeOwner();
  for (const step of operations) {
    const owner = ownerAt(step.at);
    switch (step.kind) {
      case 'register': {
        const entry = { pid: owner, key: step.key, value: step.value };
        const answer = await ask(owner, () => Registry.register(registry, step.key, step.value));
        requireSame(answer, model.register(entry));
        break;
      }
      case 'unregister':
        await ask(owner, () => Registry.unregister(registry, step.key));
        model.remove((entry) => entry.pid === owner && same(entry.key, step.key));
        break;
      case 'unregister_match':
        await ask(owner, () =>
          Registry.unregisterMatch(registry, step.key, (stored) => stored === step.value),
        );
        model.remove(
          (entry) => entry.pid === owner && same(entry.key, step.key) && entry.value === step.value,
        );
        break;
      case 'update': {
        if (registry.keys === 'duplicate') break;
        const unique = Registry.unique<unknown, number>('r');
        const answer = await ask(owner, () => Registry.updateValue(unique, step.key, (stored) => stored + 1));
        requireSame(answer, model.update(owner, step.key));
        break;
      }
      case 'kill':
        await ended(owner);
        model.remove((entry) => entry.pid === owner);
        owners[step.at] = makeOwner();
    }
    compare(registry, model, owners);
  }
}

function requireSame(answer: unknown, expected: unknown): void {
  expect(answer).toEqual(expected);
}

function compare(
  registry:
    | ReturnType<typeof Registry.unique<unknown, number>>
    | ReturnType<typeof Registry.duplicate<unknown, number>>,
  model: Model,
  owners: readonly Owner[],
): void {
  expect(Registry.count(registry)).toBe(model.size);
  for (const key of ['a', 'b', 1, ['room', 4], { floor: 2 }]) {
    const entries = model.under(key).map(({ pid, value: stored }) => ({ pid, value: stored }));
    expect(Registry.lookup(registry, key)).toEqual(entries);
    expect(Registry.countMatch(registry, key, (stored) => stored > 2)).toBe(
      entries.filter((entry) => entry.value > 2).length,
    );
  }
  for (const owner of owners) {
    const own = model.of(owner);
    expect([...Registry.keys(registry, owner)].sort(byText)).toEqual(own.map(({ key }) => key).sort(byText));
    expect(processInfo(owner)?.links).toHaveLength(own.length > 0 ? 1 : 0);
  }
}

it('a registry has the entries that its owners made, whatever they do and whenever they die', async () => {
  const property = fc.asyncProperty(
    fc.array(operation, { maxLength: 40, size: 'max' }),
    fc.constantFrom('unique', 'duplicate'),
    fc.constantFrom(1, 2, 3),
    fc.nat(0xffff),
    (operations, kind, partitions, seed) =>
      simulate(() => play(operations, kind, partitions), { seed, crashes: 'allowed', lingering: 'allowed' }),
  );
  await fc.assert(property, { numRuns: 200, seed: 20_251_124 });
});
