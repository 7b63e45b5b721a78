/**
 * The application controller: one process a node, which starts, watches and stops its applications. What an end means for the others is decided in
 * `application-end`; what is known of applications is in `table`. OTP: `application_controller`.
 */
import {
  type Awaitable,
  type Exit,
  type ExitReason,
  exit,
  Gen,
  holdProgram,
  isExit,
  monitor,
  onExit,
  type Pid,
  ProcLib,
  self,
  trapExit,
  unlink,
} from '@coppice/core';
import { refuseStart, survivesEnd, survivesFailedStart } from './application-end.ts';
import { type AsSelf, bindToSelf } from './as-self.ts';
import { startMaster } from './master.ts';
import {
  type Answer,
  type ApplicationStarted,
  isApplicationStarted,
  isRequest,
  type Request,
} from './protocol.ts';
import { report, reportProgress } from './report.ts';
import type { ApplicationTable, Running, Starting } from './table.ts';

/** Its registered name. */
export const CONTROLLER = 'application_controller';

type StartRequest = Extract<Request, { readonly type: '$start_application' }>;
type NameRequest = Extract<Request, { readonly application: string }>;

/** While one application is being stopped, requests wait, as in OTP; while one is being started, they don't. */
export class ApplicationController implements ProcLib.Behaviour {
  readonly module: string = CONTROLLER;
  readonly #table: ApplicationTable;
  readonly #waiting = new Map<string, Gen.From[]>();
  #asSelf: AsSelf = (work) => work();
  #parent: Pid<never> | undefined;
  #release: (() => void) | undefined;

  constructor(table: ApplicationTable) {
    this.#table = table;
  }

  init(): void {
    trapExit(true);
    this.#asSelf = bindToSelf();
    this.#parent = ProcLib.parent();
    onExit(self(), () => {
      this.#table.reset();
      this.#hold();
    });
  }

  handle(message: unknown): Awaitable<void> {
    if (isExit(message)) return this.#exited(message);
    if (isApplicationStarted(message)) return this.#started(message.application);
    if (!isRequest(message)) return;
    switch (message.type) {
      case '$start_application':
        return this.#start(message);
      case '$stop_application':
        return this.#stop(message);
      case '$stop_all':
        return this.#stopAll(message.why).then(() => this.#reply(message.from, { ok: true }));
      case '$await_end':
        return this.#awaitEnd(message);
    }
  }

  #start({ from, application, restart }: StartRequest): void {
    const { loaded, starting, started, stopping } = this.#table;
    const before = starting.get(application);
    if (before !== undefined) {
      starting.set(application, { ...before, requests: [...before.requests, from] });
      return;
    }
    const entry = loaded.get(application);
    if (stopping !== undefined) return this.#reply(from, { ok: false, reason: 'stopping' });
    if (entry === undefined) return this.#reply(from, { ok: false, reason: ['not_loaded', application] });
    const { definition } = entry;
    const refusal = refuseStart({
      name: application,
      applications: definition.applications.map(({ name }) => name),
      isRunning: (name) => this.#table.isRunning(name),
      isStarted: (name) => started.has(name),
    });
    if (refusal !== undefined) return this.#reply(from, { ok: false, reason: refusal });
    const start = { definition, restart, env: Object.fromEntries(entry.env) };
    starting.set(application, {
      restart,
      master: startMaster(start, self<ApplicationStarted>()),
      requests: [from],
    });
    this.#hold();
  }

  #started(application: string): void {
    const { starting, started, ended, notStarted } = this.#table;
    const start = starting.get(application);
    if (start === undefined) return;
    const { restart, master, requests } = start;
    starting.delete(application);
    ended.delete(application);
    notStarted.delete(application);
    started.add(application);
    this.#table.running = [{ name: application, restart, master }, ...this.#table.running];
    reportProgress({ application, restart, pid: master });
    for (const from of requests) this.#reply(from, { ok: true });
  }

  async #stop({ from, application }: NameRequest): Promise<void> {
    const { running, started, ended } = this.#table;
    const one = running.find(({ name }) => name === application);
    if (one !== undefined) await this.#end(one);
    ended.delete(application);
    const answer: Answer =
      started.delete(application) || one !== undefined
        ? { ok: true }
        : { ok: false, reason: ['not_started', application] };
    this.#reply(from, answer);
  }

  #awaitEnd({ from, application }: NameRequest): void {
    const { ended } = this.#table;
    // If it has not ended by itself, it was stopped.
    if (!this.#table.isRunning(application))
      return this.#reply(from, {
        ok: false,
        reason: ended.has(application) ? ended.get(application) : 'stopped',
      });
    this.#waiting.set(application, [...(this.#waiting.get(application) ?? []), from]);
  }

  #exited({ from, reason }: Exit): Awaitable<void> {
    const { starting, running } = this.#table;
    if (from === this.#parent) return this.#terminate(reason);
    const one = running.find(({ master }) => master === from);
    if (one !== undefined) return this.#ended(one, reason);
    for (const [application, start] of starting)
      if (start.master === from) return this.#startFailed(application, start, reason);
  }

  #ended(one: Running, reason: ExitReason): Awaitable<void> {
    const { name: application, restart } = one;
    this.#forget(one, reason);
    this.#table.ended.set(application, reason);
    const action = survivesEnd(restart, reason) ? 'none' : 'terminate';
    report({ application, report: 'exited', reason, restart, action });
    if (action === 'terminate')
      return this.#fail(application, ['application_terminated', application, reason]);
  }

  #startFailed(application: string, { restart, requests }: Starting, reason: ExitReason): Awaitable<void> {
    this.#table.starting.delete(application);
    this.#table.notStarted.add(application);
    this.#hold();
    for (const from of requests) this.#reply(from, { ok: false, reason });
    const action = survivesFailedStart(restart, reason) ? 'none' : 'terminate';
    report({ application, report: 'start_error', reason, restart, action });
    if (action === 'terminate')
      return this.#fail(application, ['application_start_failure', application, reason]);
  }

  /** The application takes the node down. Its report has told so: neither is this a crash to be told again, nor the end of main if `run` ends the program. */
  async #fail(application: string, reason: ExitReason): Promise<void> {
    this.#table.failed = application;
    await this.#stopAll('the node goes down');
    this.#asSelf(() => {
      if (this.#table.isProgram && this.#parent !== undefined) unlink(this.#parent);
      trapExit(false);
      exit(self(), reason);
    });
  }

  async #terminate(reason: ExitReason): Promise<never> {
    await this.#stopAll('the node goes down');
    return exit(reason);
  }

  /** Those that are being started, then those that run, last started first. */
  async #stopAll(why: string): Promise<void> {
    const table = this.#table;
    table.stopping = why;
    for (const [application, { master, requests }] of [...table.starting].reverse()) {
      await this.#endMaster(master);
      table.starting.delete(application);
      for (const from of requests) this.#reply(from, { ok: false, reason: 'stopping' });
    }
    for (const one of table.running) await this.#end(one);
    table.started.clear();
    table.ended.clear();
    this.#hold();
  }

  async #end(one: Running): Promise<void> {
    await this.#endMaster(one.master);
    this.#forget(one, 'stopped');
    const { name: application, restart } = one;
    this.#asSelf(() => report({ application, report: 'exited', reason: 'stopped', restart, action: 'none' }));
  }

  /** A monitor tells the end, not the link: then no exit signal of it is left in the mailbox. */
  async #endMaster(master: Pid<never>): Promise<void> {
    this.#table.ending = master;
    const ref = this.#asSelf(() => {
      unlink(master);
      exit(master, 'shutdown');
      return monitor(master);
    });
    await this.#asSelf(() => Gen.wait(ref, 'infinity'));
    this.#table.ending = undefined;
  }

  /** It no longer runs; who waits for that is told. */
  #forget({ name, master }: Running, reason: ExitReason): void {
    this.#table.running = this.#table.running.filter((one) => one.master !== master);
    const waiting = this.#waiting.get(name) ?? [];
    this.#waiting.delete(name);
    for (const from of waiting) this.#reply(from, { ok: false, reason });
    this.#hold();
  }

  #reply(from: Gen.From, answer: Answer): void {
    this.#asSelf(() => Gen.reply(from, answer));
  }

  /** The program runs as long as an application does. */
  #hold(): void {
    const { running, starting } = this.#table;
    if (running.length + starting.size > 0) this.#release ??= holdProgram();
    else {
      this.#release?.();
      this.#release = undefined;
    }
  }
}
