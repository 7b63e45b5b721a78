/**
 * The children of one supervisor, in the order of their start. Mutable: adding, finding, removing and walking from either end take constant time per
 * child, with 100,000 siblings as with ten. The policies only read it. OTP: `#state.children`.
 */
import type { Pid } from '@coppice/core';
import type { CompleteSpec } from './child-spec.ts';

/** What a child does: runs; waits for another try after a failed restart; neither. OTP: a pid, `{restarting, Pid}`, `undefined`. */
export type ChildStatus = 'running' | 'restarting' | 'stopped';

/** A child as the policies see it. */
export interface ChildView {
  readonly spec: CompleteSpec;
  readonly status: ChildStatus;
}

/** A child of a supervisor; changed by {@link Children} alone. */
export class Child implements ChildView {
  readonly spec: CompleteSpec;
  /** What it is found by beside its pid; dynamic children have none. */
  readonly key: unknown;
  /** The process, or the last one that there was while it is restarting. */
  pid: Pid<never> | undefined = undefined;
  status: ChildStatus = 'stopped';
  /** False once it is removed. */
  isKept = true;
  /** Started before this one; after it. */
  previous: Child | undefined = undefined;
  next: Child | undefined = undefined;

  constructor(spec: CompleteSpec, key: unknown) {
    this.spec = spec;
    this.key = key;
  }
}

export class Children {
  readonly #byKey = new Map<unknown, Child>();
  readonly #byPid = new Map<Pid<never>, Child>();
  #first: Child | undefined = undefined;
  #last: Child | undefined = undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The child with this key. */
  get(key: unknown): Child | undefined {
    return this.#byKey.get(key);
  }

  /** The child that runs as `pid`, or did before it began to wait for its restart. */
  ofPid(pid: Pid<never>): Child | undefined {
    return this.#byPid.get(pid);
  }

  /** Puts a child behind the others; its key, if it has one, must be free. */
  add(child: Child): void {
    if (child.key !== undefined) this.#byKey.set(child.key, child);
    child.previous = this.#last;
    if (this.#last === undefined) this.#first = child;
    else this.#last.next = child;
    this.#last = child;
    this.#size += 1;
  }

  remove(child: Child): void {
    const { previous, next } = child;
    this.#forgetPid(child);
    if (child.key !== undefined) this.#byKey.delete(child.key);
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    child.previous = undefined;
    child.next = undefined;
    child.isKept = false;
    this.#size -= 1;
  }

  /** It runs as `pid`. */
  setRunning(child: Child, pid: Pid<never>): void {
    this.#forgetPid(child);
    child.pid = pid;
    child.status = 'running';
    this.#byPid.set(pid, child);
  }

  /** It does not run, and is found by its last pid until it does. */
  setRestarting(child: Child): void {
    child.status = 'restarting';
  }

  setStopped(child: Child): void {
    this.#forgetPid(child);
    child.status = 'stopped';
  }

  /** First started first. */
  *[Symbol.iterator](): IterableIterator<Child> {
    for (let child = this.#first; child !== undefined; child = child.next) yield child;
  }

  /** Last started first. */
  *backwards(): IterableIterator<Child> {
    for (let child = this.#last; child !== undefined; child = child.previous) yield child;
  }

  #forgetPid(child: Child): void {
    if (child.pid !== undefined) this.#byPid.delete(child.pid);
    child.pid = undefined;
  }
}
