/** Configuration: two keys deep, and typed, so that a value may be `false` and a wrong path does not compile. */
import { Agent, type AgentPid } from '@coppice/agent';

export interface Config {
  readonly database: { readonly host: string; readonly port: number };
  readonly cache: { readonly ttl: number; readonly enabled: boolean };
}
const config = Agent.name<Config>('config');

export const startLink = (initial: Config): Promise<AgentPid<Config>> =>
  Agent.startLink(() => initial, { name: config });

export function get<S extends keyof Config, K extends keyof Config[S]>(
  section: S,
  key: K,
): Promise<Config[S][K]> {
  return Agent.get(config, (current) => current[section][key]);
}

export function put<S extends keyof Config, K extends keyof Config[S]>(
  section: S,
  key: K,
  value: Config[S][K],
): Promise<void> {
  return Agent.update(config, (current) => ({
    ...current,
    [section]: { ...current[section], [key]: value },
  }));
}

/** Gives the new value. */
export function update<S extends keyof Config, K extends keyof Config[S]>(
  section: S,
  key: K,
  fn: (value: Config[S][K]) => Config[S][K],
): Promise<Config[S][K]> {
  return Agent.getAndUpdate(config, (current) => {
    const value = fn(current[section][key]);
    return [value, { ...current, [section]: { ...current[section], [key]: value } }];
  });
}
