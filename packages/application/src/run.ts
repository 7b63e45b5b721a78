/** A program that is one application: `main.ts` ends with `await Application.run(app)`. OTP: a release's boot, `init`, and what it does on SIGTERM. */
import {
  bindSelf,
  type Context,
  type Down,
  ExitError,
  type ExitReason,
  formatExit,
  formatValue,
  hasSubscribers,
  holdProgram,
  isAlive,
  isDown,
  monitor,
  onExit,
  type Pid,
  ProcLib,
  printable,
  processes,
  processInfo,
  processTree,
  type Restart,
  requireTimeout,
  send,
  spawn,
  type Timeout,
} from '@coppice/core';
import type { Application } from './application.ts';
import { survivesFailedStart } from './application-end.ts';
import { ask, controller } from './controller-call.ts';
import { definitionOf } from './definition.ts';
import { ApplicationError } from './errors.ts';
import { type Host, nodeHost } from './host.ts';
import { type Action, advance, type Phase, type ProgramEvent } from './program.ts';
import { report, reportSignal } from './report.ts';
import { ensureAllStarted, requireRestart } from './start.ts';
import { applications } from './table.ts';

/** How a program runs. */
export interface RunOptions {
  /** Ms from the first signal to the end of everything; what has not stopped then is left behind, and the exit code is 1. Default 10,000. */
  readonly shutdownTimeout?: Timeout;
  /** What the end of the application, or of one that it needs, means. Default `'permanent'`, as in an OTP release. */
  readonly restart?: Restart;
}

const SHUTDOWN_TIMEOUT_MS = 10_000;

/**
 * Runs a program: starts `app` and all that it depends on, and stays up. On SIGTERM or SIGINT, `health().ready` turns false, and the applications are stopped, last started
 * first: `prepStop` (stop accepting, finish what runs), the tree in reverse order, `stop`. Then output is flushed and the program ends with exit code 0, or the
 * `process.exitCode` that it has set; with 1 if that takes longer than `shutdownTimeout`; a second signal ends it at once, with 128 and the signal's number. If `app` ends by itself, the exit code follows from its restart type:
 * `'permanent'`: 1, whatever the reason; `'transient'`: 0 for `'normal'`, else 1; `'temporary'`: 0 for `'normal'`, `'shutdown'` and `{ shutdown }`, else 1. A start that fails is reported, and
 * the exit code is 1.
 *
 * From the call on, an error that nothing caught ends the process whose code it was, and its supervisor sees that: a throw in a timer, a rejection that nobody handles, a
 * socket's error without listener. One of no process, such as top-level code, keeps Node's default; so does one of `process.stdout` and
 * `process.stderr`, whoever wrote.
 *
 * The promise never settles, but for a `TypeError` or `RangeError` if an argument can't be, or a program runs already. OTP differs: when an application that is not
 * permanent ends, OTP's node stays up; this program has nothing left to run.
 *
 * @example
 * await Application.run(Shop, { shutdownTimeout: 25_000 });
 */
export function run(app: Application, options: RunOptions = {}): Promise<never> {
  return ProcLib.quietly(runOn(app, options));
}

/** The application that this program runs. */
let runs: string | undefined;

async function runOn(app: Application, options: RunOptions): Promise<never> {
  const { name } = definitionOf(app);
  const host = nodeHost();
  if (runs !== undefined)
    throw new TypeError(`the program runs application ${runs} already: let it depend on ${name}`);
  startProgram(app, options, host);
  runs = name;
  return new Promise<never>(() => {});
}

/** Starts the process that runs a program on `host`. Throws `TypeError` or `RangeError` for an option that can't be. */
export function startProgram(app: Application, options: RunOptions, host: Host): Pid<ProgramEvent> {
  const { shutdownTimeout = SHUTDOWN_TIMEOUT_MS, restart = 'permanent' } = options;
  requireTimeout(shutdownTimeout, 'shutdownTimeout');
  requireRestart(restart);
  const pid = spawn<Message>(
    (context) => new Program(context, { app, host, restart, shutdownTimeout }).run(),
    { label: app.name, initialCall: 'Application.run' },
  );
  onExit(pid, (reason) => {
    if (reason === 'normal') return; // it has told the host to end
    host.write(
      printable(`the process ${pid} that runs application ${app.name} ended: ${formatValue(reason)}`),
    );
    host.exit(1, false); // nobody hears a signal any more
  });
  return pid;
}

type Message = ProgramEvent | Down;

interface Settings extends Required<RunOptions> {
  readonly app: Application;
  readonly host: Host;
}

/** The loop that acts. What takes time is not awaited in it, so that it hears of signals. */
class Program {
  readonly #context: Context<Message>;
  readonly #settings: Settings;

  constructor(context: Context<Message>, settings: Settings) {
    this.#context = context;
    this.#settings = settings;
  }

  async run(): Promise<void> {
    const { host, app, restart } = this.#settings;
    const { self: me, receive } = this.#context;
    const release = holdProgram();
    applications().isProgram = true;
    host.ownStrayErrors();
    host.onSignal(bindSelf((signal, number) => send(me, { kind: 'signal', signal, number })));
    monitor(await controller());
    this.#then(ensureAllStarted(app, restart), () => ({ kind: 'started' }));
    let phase: Phase = { kind: 'starting' };
    while (phase.kind !== 'ended') {
      const message = await receive();
      const next = advance(phase, isDown(message) ? { kind: 'node_down' } : message);
      phase = next.phase;
      for (const action of next.actions) this.#perform(action);
    }
    release();
  }

  #perform(action: Action): void {
    const { host, app, restart, shutdownTimeout } = this.#settings;
    const { name } = app;
    switch (action.kind) {
      case 'await_end':
        return this.#then(awaitEnd(name), (reason) => ({ kind: 'application_ended', reason }));
      case 'stop_all':
        applications().stopping = action.why; // not ready from now on
        return this.#then(stopAll(action.why, shutdownTimeout), () => ({ kind: 'all_stopped' }));
      case 'report_signal':
        return reportSignal({
          signal: action.signal,
          action: action.atOnce ? 'exit' : 'stop',
          shutdownTimeout,
        });
      case 'report_failure':
        return reportFailure(action.error, { application: name, restart, host });
      case 'report_late':
        return host.write(describeRest(shutdownTimeout));
      case 'exit':
        return host.exit(action.code, action.atOnce);
    }
  }

  /** Tells this process what came of `work`, when it has come. */
  #then<T>(work: Promise<T>, eventOf: (value: T) => ProgramEvent): void {
    const { self: me } = this.#context;
    work
      .then(eventOf, failureOf)
      .then((event) => send(me, event))
      .catch(() => {});
  }
}

async function awaitEnd(application: string): Promise<ExitReason> {
  const answer = await ask((from) => ({ type: '$await_end', from, application }), {
    function: 'run',
    args: [application],
  });
  return answer.ok ? undefined : answer.reason;
}

async function stopAll(why: string, timeout: Timeout): Promise<void> {
  await ask((from) => ({ type: '$stop_all', from, why }), { function: 'run', args: [why] }, timeout);
}

/** The controller ends only with the node; its own time has no limit but that of the shutdown. */
function failureOf(error: unknown): ProgramEvent {
  if (error instanceof ExitError) return { kind: error.reason === 'timeout' ? 'too_late' : 'node_down' };
  return { kind: 'start_failed', error };
}

/** Of one that could not be loaded nobody has told yet: whoever listens to reports is told now. Of the others the controller has, but for what follows. */
function reportFailure(
  error: unknown,
  {
    application,
    restart,
    host,
  }: { readonly application: string; readonly restart: Restart; readonly host: Host },
): void {
  const failed = error instanceof ApplicationError ? error.application : application;
  const { loaded, notStarted } = applications();
  if (error instanceof ApplicationError && notStarted.has(failed)) {
    if (survivesFailedStart(restart, error.reason))
      host.write(`nothing is left to run without application ${failed}: the program ends`);
  } else if (!loaded.has(failed) && hasSubscribers('coppice.application.report'))
    report({ application: failed, report: 'start_error', reason: error, restart, action: 'terminate' });
  else host.write(printable(error instanceof ApplicationError ? error.message : formatExit(error)));
}

const LINES_AT_MOST = 40;

/** What has not stopped in time. */
function describeRest(shutdownTimeout: Timeout): string {
  const { starting, running } = applications();
  const rest = [
    ...[...starting.values()].map(({ master }) => master),
    ...running.map(({ master }) => master),
  ];
  const lines = rest.flatMap(treesOf).flatMap((root) => processTree(root).split('\n'));
  const more = lines.length > LINES_AT_MOST ? [`… and ${lines.length - LINES_AT_MOST} more`] : [];
  return printable(
    [`not stopped within ${shutdownTimeout} ms:`, ...lines.slice(0, LINES_AT_MOST), ...more].join('\n'),
  );
}

/** An application's master, and those of its processes whose parent has ended: the tree, when the start was told to stop. */
function treesOf(master: Pid<never>): readonly Pid<never>[] {
  const orphans = processes().filter((pid) => {
    const { groupLeader, parent } = processInfo(pid) ?? {};
    return groupLeader === master && parent !== undefined && !isAlive(parent);
  });
  return [master, ...orphans];
}
