/** A key-value store. The state is a `Map` that is never changed, only replaced: what a reader got stays as it was. */
import { Agent, type AgentPid } from '@coppice/agent';

type Store = ReadonlyMap<string, unknown>;
const store = Agent.name<Store>('kv_store');

export const startLink = (): Promise<AgentPid<Store>> =>
  Agent.startLink((): Store => new Map(), { name: store });

export const get = (key: string): Promise<unknown> => Agent.get(store, (map) => map.get(key));
export const put = (key: string, value: unknown): Promise<void> =>
  Agent.update(store, (map) => new Map(map).set(key, value));
export const remove = (key: string): Promise<void> =>
  Agent.update(store, (map) => new Map([...map].filter(([other]) => other !== key)));
export const getAll = (): Promise<Store> => Agent.get(store, (map) => map);
export const keys = (): Promise<string[]> => Agent.get(store, (map) => [...map.keys()]);
