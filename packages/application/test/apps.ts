/** Applications that log what happens to them, for tests. */
import { Application, type ApplicationReport } from '@coppice/application';
import { type Awaitable, type Pid, subscribe } from '@coppice/core';
import { GenServer } from '@coppice/gen-server';
import { type ChildSpec, Supervisor } from '@coppice/supervisor';

/** What has happened, in order; read once. */
export class Log {
  #lines: string[] = [];

  readonly add = (line: string): void => void this.#lines.push(line);

  /** What has happened to one application or worker: `+`, `-`, `prep`, `stop`. Not taken. */
  of(name: string): readonly string[] {
    return this.#lines
      .filter((line) => line.replace(/^([+-]|prep |stop )/, '') === name)
      .map((line) => line.slice(0, -name.length).trim());
  }

  take(): string {
    const text = this.#lines.join(', ');
    this.#lines = [];
    return text;
  }
}

const Worker = GenServer.define('Worker', {
  init: ({ id, add }: { id: string; add: (line: string) => void }) => {
    add(`+${id}`);
    return { id, add };
  },
  trapExit: true,
  terminate: (_reason, { id, add }) => add(`-${id}`),
});

export function worker(log: Log, id: string): ChildSpec {
  return Worker.childSpec({ id, add: log.add }, { id });
}

export interface AppOptions {
  readonly applications?: readonly Application[];
  readonly startPhases?: { readonly [phase: string]: () => Awaitable<void> };
  /** In place of the tree with one worker. */
  readonly start?: () => Awaitable<Pid<never>>;
  readonly prepStop?: () => Awaitable<void>;
}

/** An application with one worker under a supervisor that is called `<name>.sup`. */
export function app(log: Log, name: string, options: AppOptions = {}): Application {
  return Application.define(name, {
    start: () => Supervisor.startLink([worker(log, name)], { strategy: 'one_for_one', name: `${name}.sup` }),
    prepStop: () => log.add(`prep ${name}`),
    stop: () => log.add(`stop ${name}`),
    ...options,
  });
}

/** Reports have a listener, so that they are not written to stderr. */
export const reports: ApplicationReport[] = [];
subscribe('coppice.application.report', (event) => reports.push(event));
