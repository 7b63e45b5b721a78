/** A defined application, and what `define` takes. Types only; what runs is made of them in `definition`. OTP: the `application` behaviour and the `.app` file. */
import type { Awaitable, Pid } from '@coppice/core';
import type { StandardSchemaV1 } from '@standard-schema/spec';

/** A defined application; `E` is its configuration. Made by `define`. */
export interface Application<out E extends object = object> {
  readonly name: string;
  /** Its configuration as it is now, on the calling process's node; loads the application if it is not. See `getAllEnv`. */
  readonly env: E;
}

/** A validator of any library that speaks Standard Schema: Zod, Valibot, ArkType, or one written by hand. */
export type Schema = StandardSchemaV1<unknown, object>;

/** What a schema takes; anything, if there is none. */
type InputOf<V> = V extends Schema ? StandardSchemaV1.InferInput<V> : unknown;

/** The configuration that comes of defaults `D` and a schema `V`: what the schema makes of them, or the defaults' own type. */
export type EnvOf<D extends object, V> = V extends StandardSchemaV1<unknown, infer E extends object> ? E : D;

/** How an application is configured. Later ones win: `env`, then `configure`, then the variables. What the schema makes of all that is the configuration. */
export interface Settings<D extends object, V extends Schema | undefined> {
  /** Defaults. */
  readonly env?: D & Partial<InputOf<V>>;
  /**
   * Variables of the environment, by the key that each sets: `{ port: 'PORT' }`. With a schema their text is the schema's to read; without one it is read as what
   * the default is: a string, a number, or a boolean (`true`, `false`, `1`, `0`).
   */
  readonly variables?: { readonly [K in keyof D | keyof InputOf<V>]?: string };
  /** Checks and converts the configuration when the application is loaded. May be asynchronous: then `getEnv` works only after `load` or `start`. */
  readonly schema?: V;
}

/** What `start` gets. */
export interface StartArguments<E> {
  readonly type: 'normal';
  /** The configuration, as a snapshot. */
  readonly env: E;
}

/** What a start phase gets. */
export interface PhaseArguments<E, S> extends StartArguments<E> {
  readonly state: S;
}

/** What `start` may give beside a bare pid. OTP: `{ok, Pid, State}`. */
export interface StartedWith<S> {
  readonly pid: Pid<never>;
  readonly state: S;
}

/** The callbacks of an application. `E`: its configuration; `S`: what `start` gives beside the pid. All may be async. */
export interface ApplicationCallbacks<E extends object, S = undefined> {
  /** For people. */
  readonly description?: string;
  /** Version. OTP: `vsn`. */
  readonly vsn?: string;
  /** Must be started before this one. `ensureAllStarted` and `run` start them; `start` refuses. */
  readonly applications?: readonly Application[];
  /**
   * Starts the tree and gives the pid of its top supervisor, in a process of its own that traps exits. When the top process ends, so does the application. A throw is a
   * failed start, and what was started meanwhile is stopped. OTP: `start/2`.
   */
  readonly start: (start: StartArguments<E>) => Awaitable<Pid<never> | StartedWith<S>>;
  /** Run one after another when the tree has started; the application has started after the last. A throw is a failed start. OTP: `start_phases` and `start_phase/3`. */
  readonly startPhases?: { readonly [phase: string]: (start: PhaseArguments<E, S>) => Awaitable<void> };
  /** Before the tree is stopped, or when it has ended by itself: stop accepting, finish what runs. What it gives is the new state; nothing keeps the old one. OTP: `prep_stop/1`. */
  readonly prepStop?: (state: NoInfer<S>) => Awaitable<NoInfer<S> | void>;
  /** After the tree has ended: clean up. OTP: `stop/1`. */
  readonly stop?: (state: NoInfer<S>) => Awaitable<void>;
}
