/** The program, done by real processes. */
import type * as Core from '@coppice/core';
import type { Context, MonitorRef, Pid } from '@coppice/core';
import type { Action, Reason, Seen } from './model.ts';

/** Ends a process by its own code. */
export type Command = { readonly type: 'end'; readonly how: 'return' | 'exit' | 'throw' };
export type Plain = { readonly type: 'plain'; readonly from: number; readonly n: number };

/** Processes that do what a program says, of the library under test. */
export class Puppets {
  readonly #lib: typeof Core;
  readonly pids: Pid<Command | Plain>[] = [];
  readonly seen: Seen[][] = [];
  /** How often `link` threw, by process. */
  readonly throws = new Map<number, number>();
  readonly #acts: ((actions: readonly Action[]) => void)[] = [];
  readonly #refs: MonitorRef[] = [];
  readonly #own = new Map<number, MonitorRef[]>();
  #messages = 0;

  constructor(lib: typeof Core) {
    this.#lib = lib;
  }

  start(how: 'plain' | 'link' | 'monitor'): void {
    const id = this.pids.length;
    this.seen.push([]);
    const body = async ({ receive }: Context<Command | Plain>): Promise<void> => {
      this.#acts[id] = this.#lib.bindSelf((actions: readonly Action[]) => {
        for (const action of actions) this.#do(id, action);
      });
      for (;;) {
        const message = await receive();
        if (message.type !== 'end') this.seen[id]?.push(this.#describe(message));
        else if (message.how === 'exit') this.#lib.exit('boom');
        else if (message.how === 'throw') throw new Error('error');
        else return;
      }
    };
    if (how !== 'monitor') this.pids.push(how === 'link' ? this.#lib.spawnLink(body) : this.#lib.spawn(body));
    else {
      const { pid, ref } = this.#lib.spawnMonitor(body);
      this.pids.push(pid);
      this.#watched(this.#lib.self(), ref);
    }
  }

  /** Does the actions as process `id`, on the stack of the caller; they end with the process. */
  act(id: number, actions: readonly Action[]): void {
    try {
      this.#acts[id]?.(actions);
    } catch (error) {
      if (!(error instanceof this.#lib.ProcessExited)) throw error;
    }
  }

  #do(id: number, action: Action): void {
    switch (action.kind) {
      case 'spawn':
        return this.start(action.how);
      case 'send':
        this.#messages += 1;
        return this.#lib.send(this.#pid(action.to), { type: 'plain', from: id, n: this.#messages });
      case 'link':
        return this.#link(id, action.to);
      case 'unlink':
        return this.#lib.unlink(this.#pid(action.to));
      case 'monitor':
        return this.#watched(this.#lib.self(), this.#lib.monitor(this.#pid(action.to)));
      case 'demonitor':
        return this.#demonitor(id, action.which, action.flush);
      case 'exit':
        return this.#lib.exit(this.#pid(action.to), action.reason);
      case 'trap':
        this.#lib.trapExit(action.on);
        return;
      case 'end':
        return this.#lib.send(this.#pid(id), { type: 'end', how: action.how });
    }
  }

  #link(id: number, to: number): void {
    try {
      this.#lib.link(this.#pid(to));
    } catch (error) {
      if (!(error instanceof this.#lib.ExitError)) throw error;
      this.throws.set(id, (this.throws.get(id) ?? 0) + 1);
    }
  }

  #watched(pid: Pid<never>, ref: MonitorRef): void {
    const id = this.pids.indexOf(pid as Pid<Command | Plain>);
    this.#refs.push(ref);
    this.#own.set(id, [...(this.#own.get(id) ?? []), ref]);
  }

  #demonitor(id: number, which: number, flush: boolean): void {
    const own = this.#own.get(id) ?? [];
    const ref = own[which % Math.max(1, own.length)];
    if (ref !== undefined) this.#lib.demonitor(ref, { flush });
  }

  #describe(message: unknown): Seen {
    if (this.#lib.isExit(message)) return ['EXIT', this.#id(message.from), labelOf(message.reason)];
    if (this.#lib.isDown(message))
      return ['DOWN', this.#refs.indexOf(message.ref), this.#id(message.object), labelOf(message.reason)];
    const { from, n } = message as Plain; // nothing else is sent
    return ['message', from, n];
  }

  #pid(id: number): Pid<Command | Plain> {
    return this.pids[id] ?? fail(`no process ${id}`);
  }

  #id(object: unknown): number {
    return this.pids.indexOf(object as Pid<Command | Plain>);
  }
}

export function labelOf(reason: unknown): Reason {
  return reason instanceof Error ? 'error' : (reason as Reason);
}

function fail(text: string): never {
  throw new Error(text);
}
