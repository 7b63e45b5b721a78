/**
 * A large tree of every kind: supervisors of supervisors under each strategy, pools of dynamic children that a filler starts again when the pool was
 * lost, and partitions. Its workers are found by local names, by keys of a registry, and by partition.
 */
import { AlreadyStartedError, type ChildSpec, type Name, whereis } from '@coppice/core';
import { continueWith, GenServer, noreply, ok, reply } from '@coppice/gen-server';
import { Registry } from '@coppice/registry';
import { DynamicSupervisor, PartitionSupervisor, Supervisor } from '@coppice/supervisor';

/** Too many restarts for any chaos: nothing gives up. */
const unlimited = { maxRestarts: 1_000_000_000, maxSeconds: 1 } as const;
const PER_SUPERVISOR = 20;
const PER_POOL = 250;

export const Keys = Registry.unique<string>('keys');

const Worker = GenServer.define('Worker', {
  init: (id: string) => id,
  call: { id: (id) => reply(id, id) },
});

/** Where a process of the tree is found, and the id that it answers to, if it is a worker. */
export interface Place {
  readonly name: Name;
  readonly id?: string;
}

/** A tree's spec, and its processes by name. */
export interface Tree {
  readonly children: readonly ChildSpec[];
  readonly workers: readonly Place[];
  readonly others: readonly Place[];
}

/** A tree of `workers` permanent workers: half under supervisors, a quarter each in pools and in partitions. */
export function plantTree(workers: number): Tree {
  const places: Place[] = [];
  const others: Place[] = [{ name: 'keys' }, { name: 'shards' }];
  const add = (list: Place[], place: Place): Place => {
    list.push(place);
    return place;
  };
  const quarter = Math.floor(workers / 4);
  const families = numbers((2 * quarter) / PER_SUPERVISOR).map((index) => family(index, places, others));
  const halls = chunk(families, 10).map((specs, index) =>
    supervisor(add(others, { name: `hall ${index}` }).name, 'one_for_one', specs),
  );
  const pools = numbers(quarter / PER_POOL).map((index) => pool(`pool ${index}`, places, others));
  for (const n of numbers(quarter))
    places.push({ id: `shard ${n}`, name: PartitionSupervisor.via('shards', n) });
  const shards = PartitionSupervisor.childSpec({
    name: 'shards',
    partitions: quarter,
    child: (n) => Worker.childSpec(`shard ${n}`),
    ...unlimited,
  });
  return { children: [Registry.childSpec(Keys), ...halls, ...pools, shards], workers: places, others };
}

/** The process that has a name now, if any. */
export function find({ name }: Place): ReturnType<typeof whereis> {
  try {
    return whereis(name);
  } catch {
    return undefined; // the registry, or the partition supervisor, is being restarted
  }
}

/** Asks whoever has the name of a worker for its id. */
export function askId({ name }: Place): Promise<string> {
  return Worker.call(Worker.name(name), 'id');
}

export const rootOptions = { strategy: 'one_for_one', name: 'root', ...unlimited } as const;

/** A supervisor of some workers, every other one known by a key; the strategies take turns. */
function family(index: number, places: Place[], others: Place[]): ChildSpec {
  const workers = numbers(PER_SUPERVISOR).map((n) => {
    const id = `worker ${index}.${n}`;
    const name = n % 2 === 0 ? id : Registry.via(Keys, id);
    places.push({ id, name });
    return Worker.childSpec(id, { id, name });
  });
  const strategy = (['one_for_one', 'one_for_all', 'rest_for_one'] as const)[index % 3] ?? 'one_for_one';
  others.push({ name: `family ${index}` });
  return supervisor(`family ${index}`, strategy, workers);
}

function supervisor(
  name: Name,
  strategy: 'one_for_one' | 'one_for_all' | 'rest_for_one',
  children: readonly ChildSpec[],
): ChildSpec {
  return Supervisor.childSpec(children, { strategy, name, id: name, ...unlimited });
}

interface Filling {
  readonly pool: string;
  readonly ids: readonly string[];
}

/** Starts a pool's children: again when the pool has been restarted, or when it has been itself; those that run then are left alone. */
const Filler = GenServer.define('Filler', {
  init: (filling: Filling) => ok(filling, continueWith('fill')),
  continue: {
    fill: async (filling) => {
      for (const id of filling.ids) await DynamicSupervisor.startChild(filling.pool, onlyOne(id));
      return noreply(filling);
    },
  },
});

/** A worker whose start, or restart, is ignored when there is one of its name. */
function onlyOne(id: string): ChildSpec {
  const start = () =>
    Worker.startLink(id, { name: id }).catch((error: unknown) => {
      if (error instanceof AlreadyStartedError) return 'ignore' as const;
      throw error;
    });
  return { id, start };
}

function pool(name: string, places: Place[], others: Place[]): ChildSpec {
  const ids = numbers(PER_POOL).map((n) => `${name}.${n}`);
  for (const id of ids) places.push({ id, name: id });
  const filler = `${name} filler`;
  others.push({ name }, { name: filler }, { name: `${name} supervisor` });
  return supervisor(`${name} supervisor`, 'rest_for_one', [
    DynamicSupervisor.childSpec({ name, ...unlimited }),
    Filler.childSpec({ pool: name, ids }, { name: filler }),
  ]);
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: Math.floor(count) }, (_, n) => n);
}

function chunk<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  return numbers(Math.ceil(list.length / size)).map((n) => list.slice(n * size, (n + 1) * size));
}
