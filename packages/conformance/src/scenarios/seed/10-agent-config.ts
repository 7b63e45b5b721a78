/** Agent 3: configuration store with nested paths. */
import { Agent } from '@coppice/agent';
import { whereis } from '@coppice/core';
import { ArgumentError, ArithmeticError, FunctionClauseError } from '../../exceptions.ts';
import { type Oracle, slimExit } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { asList, done, text, untyped } from '../../term.ts';

type Config = { readonly [key: string]: unknown };
type Path = readonly string[];

const config = Agent.name<Config>('AppConfig');
const AppConfig = {
  startLink: (initial: Config) => Agent.startLink(() => initial, { name: config }),
  get: (key: string | Path, fallback?: unknown) =>
    Agent.get(config, (state) => getIn(state, wrap(key)) || fallback),
  put: (key: string | Path, value: unknown) =>
    Agent.update(config, (state) => putIn(state, wrap(key), value)),
  update: (key: string | Path, fn: (value: unknown) => unknown) =>
    Agent.getAndUpdate(config, (state) => {
      const value = fn(getIn(state, wrap(key)));
      return [value, putIn(state, wrap(key), value)];
    }),
};
const initial = {
  database: { host: text('localhost'), port: 5432 },
  cache: { ttl: 3600 },
  flag: false,
};

export const agentConfig: Scenario = scenario('seed/10_agent_config', async (O) => {
  await AppConfig.startLink(initial);
  O.step('get path', await AppConfig.get(['database', 'host']));
  O.step('get single key', await AppConfig.get('cache'));
  O.step('put path', done(await AppConfig.put(['database', 'port'], 5433)));
  O.step('get after put', await AppConfig.get(['database', 'port']));
  O.step('update doubles and returns the new value', await AppConfig.update(['cache', 'ttl'], double));
  O.step('get after update', await AppConfig.get(['cache', 'ttl']));
  O.step('missing top key with default', await AppConfig.get('nope', 'dflt'));
  O.step('missing deep path is nil, not a crash', await AppConfig.get(['nope', 'deeper', 'still'], 'dflt'));
  O.step('seed defect: a stored false is replaced by the default', await AppConfig.get('flag', true));
  await AppConfig.put('new', 1);
  O.step('put a new top-level key', await AppConfig.get('new'));
  await AppConfig.put(['cache', 'size'], 10);
  O.step('put a new key in an existing map', await AppConfig.get('cache'));
  await Agent.stop(config);
  await crashes(O);
  O.step(
    'List.wrap(nil) is [], so get(nil) raises in get_in',
    await O.catching(() => getIn(initial, wrap(untyped(null)))),
  );
});

async function crashes(O: Oracle): Promise<void> {
  O.step(
    'put under a missing parent raises in the agent: a linked starter dies',
    await O.isolated(async () => {
      await AppConfig.startLink(initial);
      await AppConfig.put(['nope', 'deeper'], 1);
    }),
  );
  await O.waitUntil(() => whereis(config) === undefined);
  O.step(
    "same, the starter traps: caller's exit and agent's exit",
    await crash(O, 'config', () => AppConfig.put(['nope', 'deeper'], 1)),
  );
  await O.waitUntil(() => whereis(config) === undefined);
  O.step(
    'update with a function that raises: agent dies, state is lost',
    await crash(O, 'config2', () => AppConfig.update(['missing'], double)),
  );
}

/** How a call that crashes the agent ends for a trapping starter: its exit, and the agent's EXIT. */
async function crash(O: Oracle, name: string, fn: () => Promise<unknown>): Promise<unknown> {
  return O.isolated(
    async () => {
      O.name(await AppConfig.startLink(initial), name);
      const [kind, exit] = slimExit(await O.catching(fn));
      return [[kind, ...asList(exit)], await O.recv(500)];
    },
    { trap: true },
  );
}

function double(value: unknown): number {
  if (typeof value !== 'number') throw new ArithmeticError('bad argument in arithmetic expression');
  return value * 2;
}

/** `List.wrap/1` */
function wrap(key: string | Path | null): Path {
  if (key === null) return [];
  return typeof key === 'string' ? [key] : key;
}

/** `get_in/2`: `undefined` below a missing key. */
function getIn(state: unknown, [key, ...rest]: Path): unknown {
  if (key === undefined) throw new FunctionClauseError('no function clause matching in get_in/2');
  const value = isConfig(state) ? state[key] : undefined;
  return rest.length === 0 || value === undefined ? value : getIn(value, rest);
}

/** `put_in/3`: a copy with `value` at the path; raises below a missing key. */
function putIn(state: unknown, [key = '', ...rest]: Path, value: unknown): Config {
  if (!isConfig(state)) throw new ArgumentError(`could not put/update key :${key} on a nil value`);
  return { ...state, [key]: rest.length === 0 ? value : putIn(state[key], rest, value) };
}

function isConfig(state: unknown): state is Config {
  return typeof state === 'object' && state !== null;
}
