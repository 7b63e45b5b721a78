/**
 * OTP's signals as a pure model, with nothing but arrays and maps: what processes, links, monitors and flags a program of actions leads to, and what
 * each process finds in its mailbox. Signals stand in one queue; all but exit signals take effect at once when none waits.
 */

export type Reason = 'normal' | 'shutdown' | 'kill' | 'boom' | 'error' | 'killed' | 'noproc';

export type Action =
  | { readonly kind: 'spawn'; readonly how: 'plain' | 'link' | 'monitor' }
  | { readonly kind: 'send'; readonly to: number }
  | { readonly kind: 'link'; readonly to: number }
  | { readonly kind: 'unlink'; readonly to: number }
  | { readonly kind: 'monitor'; readonly to: number }
  | { readonly kind: 'demonitor'; readonly which: number; readonly flush: boolean }
  | { readonly kind: 'exit'; readonly to: number; readonly reason: Reason }
  | { readonly kind: 'trap'; readonly on: boolean }
  | { readonly kind: 'end'; readonly how: 'return' | 'exit' | 'throw' };

/** What a process finds in its mailbox. */
export type Seen =
  | readonly ['message', from: number, n: number]
  | readonly ['EXIT', from: number, reason: Reason]
  | readonly ['DOWN', monitor: number, of: number, reason: Reason];

interface ModelLink {
  readonly ends: readonly [number, number];
  /** Whether an exit signal along the link still reaches the process. */
  readonly active: Map<number, boolean>;
}

interface ModelMonitor {
  readonly id: number;
  readonly watcher: number;
  readonly target: number;
  isActive: boolean;
}

interface ModelProcess {
  readonly id: number;
  isAlive: boolean;
  reason: Reason | undefined;
  traps: boolean;
  mailbox: Seen[];
  /** How often `link` threw. */
  throws: number;
  readonly monitors: ModelMonitor[];
}

type ModelSignal =
  | { readonly kind: 'message'; readonly to: number; readonly seen: Seen }
  | {
      readonly kind: 'exit';
      readonly to: number;
      readonly from: number;
      readonly reason: Reason;
      readonly link?: ModelLink;
    }
  | { readonly kind: 'link'; readonly to: number; readonly link: ModelLink }
  | { readonly kind: 'monitor'; readonly to: number; readonly monitor: ModelMonitor }
  | { readonly kind: 'down'; readonly to: number; readonly monitor: ModelMonitor; readonly reason: Reason };

export class SignalModel {
  readonly processes: ModelProcess[] = [];
  /** How often each action had each outcome. */
  readonly coverage: Map<string, number>;
  readonly #links: ModelLink[] = [];
  #queue: ModelSignal[] = [];
  #monitors = 0;
  #messages = 0;

  constructor(processes: number, coverage: Map<string, number>) {
    this.coverage = coverage;
    for (let n = 0; n < processes; n += 1) this.#create();
  }

  /** A process does its actions, one after the other, until it ends. */
  burst(actor: number, actions: readonly Action[]): void {
    const process = this.#at(actor);
    for (const action of actions) if (process.isAlive) this.#act(process, action);
  }

  /** All signals arrive. */
  settle(): void {
    for (let signal = this.#queue.shift(); signal !== undefined; signal = this.#queue.shift())
      this.#arrive(signal);
  }

  linksOf(id: number): ReadonlySet<number> {
    const peers = this.#links
      .filter((link) => link.active.get(id) === true)
      .map(({ ends: [a, b] }) => (a === id ? b : a));
    return new Set(peers);
  }

  #act(process: ModelProcess, action: Action): void {
    switch (action.kind) {
      case 'spawn':
        return this.#spawn(process, action.how);
      case 'send':
        return this.#send(process, action.to);
      case 'link':
        return this.#link(process, action.to);
      case 'unlink':
        return this.#unlink(process, action.to);
      case 'monitor':
        return this.#monitor(process, action.to);
      case 'demonitor':
        return this.#demonitor(process, action.which, action.flush);
      case 'exit':
        return this.#exit(process, action.to, action.reason);
      case 'trap':
        this.#count(`trap ${action.on ? 'on' : 'off'}`, process.traps ? 'was on' : 'was off');
        process.traps = action.on;
        return;
      case 'end':
        this.#count('end', action.how);
        return this.#die(
          process,
          action.how === 'return' ? 'normal' : action.how === 'exit' ? 'boom' : 'error',
        );
    }
  }

  #create(): ModelProcess {
    const process: ModelProcess = {
      id: this.processes.length,
      isAlive: true,
      reason: undefined,
      traps: false,
      mailbox: [],
      throws: 0,
      monitors: [],
    };
    this.processes.push(process);
    return process;
  }

  #spawn(parent: ModelProcess, how: 'plain' | 'link' | 'monitor'): void {
    this.#count('spawn', how);
    const child = this.#create();
    if (how === 'link')
      this.#establish({ ends: [parent.id, child.id], active: new Map([[parent.id, true]]) }, child.id);
    if (how === 'monitor') this.#watch(parent, child.id);
  }

  #send(from: ModelProcess, to: number): void {
    this.#messages += 1;
    const seen: Seen = ['message', from.id, this.#messages];
    if (to !== from.id) return this.#emit({ kind: 'message', to, seen });
    this.#count('send', 'to itself');
    from.mailbox.push(seen);
  }

  #link(process: ModelProcess, to: number): void {
    if (to === process.id) return this.#count('link', 'to itself');
    if (this.linksOf(process.id).has(to)) return this.#count('link', 'again');
    const crossing = this.#links.find(
      (one) => one.ends[0] === to && one.ends[1] === process.id && one.active.get(process.id) === undefined,
    );
    if (crossing !== undefined && this.#at(to).isAlive) {
      this.#count('link', 'crosses the other one');
      crossing.active.set(process.id, true);
      return;
    }
    const link: ModelLink = {
      ends: [process.id, to],
      active: new Map([[process.id, true]]),
    };
    if (this.#at(to).isAlive) {
      this.#links.push(link);
      return this.#emit({ kind: 'link', to, link });
    }
    this.#count('link', process.traps ? 'dead, traps' : 'dead, throws');
    if (!process.traps) process.throws += 1;
    else this.#emit({ kind: 'exit', to: process.id, from: to, reason: 'noproc', link });
  }

  #unlink(process: ModelProcess, to: number): void {
    const link = this.#links.find(
      ({ ends, active }) => active.get(process.id) === true && ends.includes(to) && to !== process.id,
    );
    this.#count('unlink', link === undefined ? 'not linked' : 'linked');
    if (link === undefined) return;
    link.active.set(process.id, false);
    link.active.set(to, false);
  }

  #monitor(process: ModelProcess, to: number): void {
    if (to !== process.id) return this.#emit({ kind: 'monitor', to, monitor: this.#watch(process, to) });
    this.#count('monitor', 'itself');
    this.#watch(process, to).isActive = false;
  }

  #watch(process: ModelProcess, target: number): ModelMonitor {
    const monitor: ModelMonitor = { id: this.#monitors, watcher: process.id, target, isActive: true };
    this.#monitors += 1;
    process.monitors.push(monitor);
    return monitor;
  }

  #demonitor(process: ModelProcess, which: number, flush: boolean): void {
    const monitor = process.monitors[which % Math.max(1, process.monitors.length)];
    if (monitor === undefined) return this.#count('demonitor', 'none');
    const place = process.mailbox.findIndex(([kind, id]) => kind === 'DOWN' && id === monitor.id);
    if (!monitor.isActive && flush && place !== -1) process.mailbox.splice(place, 1);
    const after = place === -1 ? 'ended before' : flush ? 'flushes its DOWN' : 'leaves its DOWN';
    this.#count('demonitor', monitor.isActive ? 'active' : after);
    monitor.isActive = false;
  }

  #exit(process: ModelProcess, to: number, reason: Reason): void {
    if (to !== process.id) return this.#emit({ kind: 'exit', to, from: process.id, reason });
    this.#signal(process, process.id, reason, undefined);
  }

  #die(process: ModelProcess, reason: Reason): void {
    process.isAlive = false;
    process.reason = reason;
    process.mailbox = [];
    for (const link of this.#links.filter(({ active }) => active.get(process.id) === true)) {
      link.active.set(process.id, false);
      const [a, b] = link.ends;
      this.#emit({ kind: 'exit', to: a === process.id ? b : a, from: process.id, reason, link });
    }
    for (const { monitors } of this.processes) {
      for (const monitor of monitors) {
        if (monitor.watcher === process.id) monitor.isActive = false;
        else if (monitor.target === process.id && monitor.isActive)
          this.#emit({ kind: 'down', to: monitor.watcher, monitor, reason });
      }
    }
  }

  #emit(signal: ModelSignal): void {
    const waits = this.#queue.length > 0 || signal.kind === 'exit' || signal.kind === 'down';
    if (waits) this.#queue.push(signal);
    else this.#arrive(signal);
  }

  #arrive(signal: ModelSignal): void {
    const process = this.#at(signal.to);
    switch (signal.kind) {
      case 'message':
        this.#count('send', process.isAlive ? 'arrives' : 'to the dead');
        if (process.isAlive) process.mailbox.push(signal.seen);
        return;
      case 'exit':
        return this.#signal(process, signal.from, signal.reason, signal.link);
      case 'link':
        return this.#establish(signal.link, signal.to);
      case 'monitor':
        this.#count('monitor', process.isAlive ? 'the living' : 'the dead');
        if (!process.isAlive) this.#down(signal.monitor, 'noproc');
        return;
      case 'down':
        return this.#down(signal.monitor, signal.reason);
    }
  }

  #establish(link: ModelLink, to: number): void {
    const [from] = link.ends;
    if (!this.#links.includes(link)) this.#links.push(link);
    if (!this.#at(to).isAlive) {
      this.#count('link', 'dies before it arrives');
      return this.#emit({ kind: 'exit', to: from, from: to, reason: 'noproc', link });
    }
    if (link.active.has(to)) return; // unlinked, or linked from the other side too, before it arrived
    this.#count('link', 'new');
    link.active.set(to, true);
  }

  #down(monitor: ModelMonitor, reason: Reason): void {
    const watcher = this.#at(monitor.watcher);
    if (!monitor.isActive || !watcher.isAlive) return this.#count('DOWN', 'nobody waits');
    monitor.isActive = false;
    this.#count('DOWN', 'arrives');
    watcher.mailbox.push(['DOWN', monitor.id, monitor.target, reason]);
  }

  /** The matrix: by exit/2 or by a link, to one that traps or not. */
  #signal(process: ModelProcess, from: number, reason: Reason, link: ModelLink | undefined): void {
    const by = link === undefined ? `exit(pid, ${reason})` : 'exit of a linked one';
    if (!process.isAlive) return this.#count(by, 'to the dead');
    if (link !== undefined) {
      if (link.active.get(process.id) === false) return this.#count(by, 'unlinked meanwhile');
      link.active.set(process.id, false);
    }
    if (link === undefined && reason === 'kill') {
      this.#count(by, 'kills');
      return this.#die(process, 'killed');
    }
    if (process.traps) {
      this.#count(by, 'trapped');
      process.mailbox.push(['EXIT', from, reason]);
      return;
    }
    if (reason === 'normal' && (link !== undefined || from !== process.id)) return this.#count(by, 'ignored');
    this.#count(by, 'ends it');
    this.#die(process, reason);
  }

  #at(id: number): ModelProcess {
    const process = this.processes[id];
    if (process === undefined) throw new RangeError(`no process ${id}`);
    return process;
  }

  #count(action: string, outcome: string): void {
    const key = `${action} × ${outcome}`;
    this.coverage.set(key, (this.coverage.get(key) ?? 0) + 1);
  }
}
