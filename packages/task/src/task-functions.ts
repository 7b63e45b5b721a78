/** The functions of the `Task` namespace: work in processes of its own, awaited, looked at, ended or streamed. OTP: Elixir's `Task`. */
export { asyncStream } from './async-stream.ts';
export { awaitMany, awaitTask as await } from './await.ts';
export { ignore, shutdown } from './shutdown.ts';
export { asyncTask as async, childSpec, completed, start, startLink } from './start.ts';
export { yieldMany, yieldTask as yield } from './yield.ts';
