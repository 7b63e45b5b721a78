/** What a node knows of its applications; read by anyone at any time, changed by the controller. OTP: the table `ac_tab` and the state of `application_controller`. */
import { type ExitReason, type Gen, nodeKey, type Pid, type Restart } from '@coppice/core';
import type { Definition, Values } from './definition.ts';

/** An application whose configuration has been made. */
export interface Loaded {
  readonly definition: Definition;
  readonly env: Map<PropertyKey, unknown>;
}

/** An application that is being started. */
export interface Starting {
  readonly restart: Restart;
  readonly master: Pid<never>;
  /** Who waits for it: those that asked while it was being started too. */
  readonly requests: readonly Gen.From[];
}

/** An application that runs. */
export interface Running {
  readonly name: string;
  readonly restart: Restart;
  readonly master: Pid<never>;
}

/** The applications of one node. */
export class ApplicationTable {
  readonly loaded: Map<string, Loaded> = new Map();
  /** What `configure` was given, for when the application is loaded. */
  readonly configured: WeakMap<Definition, Values> = new WeakMap();
  readonly starting: Map<string, Starting> = new Map();
  /** Those that were started and not stopped; one that has ended by itself is still among them. */
  readonly started: Set<string> = new Set();
  /** Why those have ended that ended by themselves. */
  readonly ended: Map<string, ExitReason> = new Map();
  /** Those whose last start has failed, which has been reported. */
  readonly notStarted: Set<string> = new Set();
  /** Last started first. */
  running: readonly Running[] = [];
  /** The master that is being stopped now: its starter must not ask the controller, which waits for it. */
  ending: Pid<never> | undefined = undefined;
  /** Why all are being stopped; nothing starts any more. */
  stopping: string | undefined = undefined;
  /** The application that takes the program down: it ended, or did not start. */
  failed: string | undefined = undefined;
  /** Whether `run` ends the program when the node goes down. */
  isProgram = false;

  isRunning(name: string): boolean {
    return this.running.some((one) => one.name === name);
  }

  /** The controller has ended, and with it all that it knew. What is loaded stays so. */
  reset(): void {
    this.starting.clear();
    this.started.clear();
    this.ended.clear();
    this.running = [];
    this.ending = undefined;
    this.stopping = undefined;
    this.failed = undefined;
  }
}

const tables = new WeakMap<object, ApplicationTable>();

/** The table of the calling process's node. */
export function applications(): ApplicationTable {
  const node = nodeKey();
  const table = tables.get(node) ?? new ApplicationTable();
  tables.set(node, table);
  return table;
}
