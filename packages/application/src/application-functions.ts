/** The functions of the `Application` namespace. OTP: Elixir's `Application`. */
export { define } from './define.ts';
export { deleteEnv, fetchEnv, getAllEnv, getEnv, putEnv, spec } from './env.ts';
export { health } from './health.ts';
export { configure, ensureLoaded, load, loadedApplications, unload } from './load.ts';
export { run } from './run.ts';
export { ensureAllStarted, ensureStarted, start, startedApplications, stop } from './start.ts';
