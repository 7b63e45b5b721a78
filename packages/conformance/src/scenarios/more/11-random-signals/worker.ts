/** A process that does the steps that it is told, and answers with what came of each. The counterpart of `Worker` in the Elixir script. */
import {
  type AliasMode,
  type AliasRef,
  alias,
  type Context,
  demonitor,
  ExitError,
  type ExitReason,
  exit,
  formatValue,
  isDown,
  isExit,
  isNocatch,
  link,
  type MonitorRef,
  monitor,
  type Pid,
  processInfo,
  register,
  send,
  spawn,
  spawnLink,
  spawnMonitor,
  trapExit,
  unalias,
  unlink,
  unregister,
} from '@coppice/core';
import { untyped } from '../../../term.ts';
import type { Step } from './program.ts';

type AnyRef = MonitorRef | AliasRef;

/** A step to do, with the reference that `send_ref` sends to; or a reference to tell. */
export type Command =
  | { readonly type: 'step'; readonly step: Step; readonly target: unknown }
  | { readonly type: 'ref'; readonly index: number };
export interface Done {
  readonly type: 'done';
  readonly worker: Pid<never>;
  readonly result: unknown;
}
interface Note {
  readonly type: 'note';
  readonly from: number;
  readonly text: string;
}
export type WorkerPid = Pid<Command | Note>;

const nameOf = (index: number): string => `n${index}`;

/** A worker among `workers`, which know each other by their place. */
export function startWorker(driver: Pid<Done>, place: number, workers: readonly WorkerPid[]): WorkerPid {
  return spawn<Command | Note>((context) => new Worker(context, place, workers).serve(driver));
}

class Worker {
  readonly #context: Context<Command | Note>;
  readonly #place: number;
  readonly #workers: readonly WorkerPid[];
  readonly #refs: AnyRef[] = [];

  constructor(context: Context<Command | Note>, place: number, workers: readonly WorkerPid[]) {
    this.#context = context;
    this.#place = place;
    this.#workers = workers;
  }

  /** Receives commands only: what else comes waits for a `drain`. */
  async serve(driver: Pid<Done>): Promise<void> {
    const { self, receive } = this.#context;
    for (;;) {
      const command = await receive(isCommand);
      // The answer is sent in the turn in which the step was done: a signal that comes back is handled later.
      if (command.type === 'step' && command.step.operation === 'drain')
        send(driver, { type: 'done', worker: self, result: await this.#drain() });
      else send(driver, { type: 'done', worker: self, result: this.#do(command) });
    }
  }

  #do(command: Command): unknown {
    if (command.type === 'ref') return this.#ref(command.index);
    const { step, target } = command;
    return this.#links(step) ?? this.#monitors(step) ?? this.#messages(step, target);
  }

  #links({ operation, other, reason }: Step): unknown {
    switch (operation) {
      case 'link':
        return refused(() => link(this.#at(other)));
      case 'unlink':
        unlink(this.#at(other));
        return true;
      case 'exit':
        return exit(reason);
      case 'throw':
        throw reason;
      case 'exit_to':
        exit(this.#at(other), reason);
        return true;
      case 'trap':
        return trapExit(true);
      case 'untrap':
        return trapExit(false);
      case 'spawn_link':
        spawnLink(() => exit(reason));
        return 'ok';
      case 'info':
        return this.#info();
      default:
        return undefined;
    }
  }

  #monitors({ operation, other, index, reason }: Step): unknown {
    switch (operation) {
      case 'monitor':
        return this.#keep(monitor(this.#at(other)));
      case 'monitor_explicit':
        return this.#monitor(other, 'explicit_unalias');
      case 'monitor_bound':
        return this.#monitor(other, 'demonitor');
      case 'monitor_once':
        return this.#monitor(other, 'reply_demonitor');
      case 'monitor_name':
        return this.#keep(monitor(nameOf(index)));
      case 'spawn_monitor':
        return this.#keep(spawnMonitor(() => exit(reason)).ref);
      case 'demonitor':
        return this.#withRef(index, (ref) => demonitor(untyped(ref)));
      case 'flush':
        return this.#withRef(index, (ref) => demonitor(untyped(ref), { flush: true }));
      default:
        return undefined;
    }
  }

  #messages({ operation, other, index }: Step, target: unknown): unknown {
    switch (operation) {
      case 'alias':
        return this.#keep(alias());
      case 'alias_once':
        return this.#keep(alias({ reply: true }));
      case 'unalias':
        return this.#withRef(index, unalias);
      case 'send':
        return this.#send(this.#at(other), `to pid ${index}`);
      case 'send_ref':
        return target === undefined ? 'none' : this.#send(untyped(target), `to ref ${index}`);
      case 'send_name':
        return refused(() => this.#send(nameOf(index), `to name ${index}`));
      case 'name':
        return refused(() => register(this.#at(other), nameOf(index)));
      case 'unname':
        return refused(() => unregister(nameOf(index)));
      default:
        return undefined;
    }
  }

  #at(place: number): WorkerPid {
    return this.#workers[place] as WorkerPid; // a step names a place that there is
  }

  #send(to: Parameters<typeof send<Note>>[0], text: string): 'ok' {
    send<Note>(to, { type: 'note', from: this.#place, text });
    return 'ok';
  }

  #monitor(other: number, mode: AliasMode): 'self' | 'ok' {
    return other === this.#place ? 'self' : this.#keep(monitor(this.#at(other), { alias: mode }));
  }

  #keep(ref: AnyRef): 'ok' {
    this.#refs.push(ref);
    return 'ok';
  }

  #ref(index: number): AnyRef | undefined {
    return this.#refs[index % this.#refs.length];
  }

  #withRef(index: number, fn: (ref: AnyRef) => unknown): unknown {
    const ref = this.#ref(index);
    return ref === undefined ? '' : fn(ref);
  }

  /** By sender, each in its order of arrival; neighbouring DOWNs of one process, which come in no certain order, sorted. */
  async #drain(): Promise<string> {
    const bySender = new Map<string, Shown[]>();
    const isOther = (message: unknown): boolean => !isCommand(message);
    for (;;) {
      const message = await this.#context.receive(isOther, { timeout: 0 });
      if (message === undefined) break;
      const shown = this.#show(message);
      bySender.set(shown.from, [...(bySender.get(shown.from) ?? []), shown]);
    }
    const senders = [...bySender.keys()].toSorted();
    return senders.flatMap((from) => sortDowns(bySender.get(from) ?? [])).join('; ');
  }

  #show(message: unknown): Shown {
    if (isExit(message)) {
      const from = this.#placeOf(message.from);
      return { from, isDown: false, text: `EXIT of ${from} ${formatReason(message.reason)}` };
    }
    if (isDown(message)) {
      const { ref, object, reason } = message;
      const from = 'local' in object ? 'name' : this.#placeOf(object);
      const what = 'local' in object ? object.local : from;
      return {
        from,
        isDown: true,
        text: `DOWN ${this.#refs.indexOf(ref)} of ${what} ${formatReason(reason)}`,
      };
    }
    const { from, text } = message as Note; // nothing else is sent to a worker
    return { from: String(from), isDown: false, text: `${text} of ${from}` };
  }

  #placeOf(pid: Pid<never>): string {
    return placeOf(this.#workers, pid);
  }

  #info(): string | undefined {
    const info = processInfo(this.#context.self);
    if (info === undefined) return undefined;
    const places = (pids: readonly Pid<never>[]): string =>
      pids
        .map((pid) => this.#placeOf(pid))
        .filter((place) => place !== 'child')
        .toSorted()
        .join(',');
    const monitors = info.monitors.map((object) =>
      typeof object === 'object' && 'local' in object ? object.local : this.#placeOf(untyped(object)),
    );
    return (
      `links ${places(info.links)} monitors ${monitors.toSorted().join(',')} by ${places(info.monitoredBy)} ` +
      `traps ${info.trapExit} queue ${info.messageQueueLength} name ${info.registeredName ?? 'none'}`
    );
  }
}

interface Shown {
  readonly from: string;
  readonly isDown: boolean;
  readonly text: string;
}

function sortDowns(shown: readonly Shown[]): readonly string[] {
  const sorted: string[] = [];
  let downs: string[] = [];
  for (const { isDown, text } of shown) {
    if (isDown) downs.push(text);
    else {
      sorted.push(...downs.toSorted(), text);
      downs = [];
    }
  }
  return [...sorted, ...downs.toSorted()];
}

function isCommand(message: unknown): message is Command {
  return (
    typeof message === 'object' &&
    message !== null &&
    'type' in message &&
    (message.type === 'step' || message.type === 'ref')
  );
}

function placeOf(workers: readonly Pid<never>[], pid: Pid<never>): string {
  const place = workers.indexOf(pid);
  return place === -1 ? 'child' : String(place);
}

export function formatReason(reason: ExitReason): string {
  if (isNocatch(reason)) return `nocatch ${String(reason.nocatch)}`;
  return typeof reason === 'string' ? reason : formatValue(reason);
}

/** What `fn` gives, `true` for nothing; Elixir's `badarg` and `noproc` are refusals. */
function refused(fn: () => unknown): unknown {
  try {
    return fn() ?? true;
  } catch (error) {
    if (error instanceof TypeError || error instanceof ExitError) return 'refused';
    throw error;
  }
}
