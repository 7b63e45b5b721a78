/** `@coppice/application`: a program as applications that start, stop and are configured as one. OTP: `application`; Elixir: `Application`. */
import type { Application as ApplicationOf } from './application.ts';

export type {
  ApplicationCallbacks,
  EnvOf,
  PhaseArguments,
  Schema,
  Settings,
  StartArguments,
  StartedWith,
} from './application.ts';
export * as Application from './application-functions.ts';
export type { ConfigIssue } from './config.ts';
export type { ApplicationSpec, OptionalKey, OrElse } from './env.ts';
export { ApplicationError } from './errors.ts';
export type { Health } from './health.ts';
export {
  type ApplicationProgress,
  type ApplicationReport,
  formatReport,
  type SignalReport,
} from './report.ts';
export type { RunOptions } from './run.ts';

/** A defined application; `E` is its configuration. Made by `Application.define`. */
export type Application<E extends object = object> = ApplicationOf<E>;
/** By this name the declarations that `tsc` makes refer to it: beside the namespace they can't by `Application`. */
export type { ApplicationOf };
