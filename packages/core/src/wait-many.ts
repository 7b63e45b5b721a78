/** Waiting for the answers to several requests at once. OTP: `gen:receive_response/3` of a request id collection. */
import { type Answer, isAnswer, isPending, requireOwnMonitor } from './answer.ts';
import { callerOrDead } from './current.ts';
import { fence } from './fence.ts';
import type { Process } from './process.ts';
import { rejected } from './promise.ts';
import type { MonitorRef, Ref } from './reference.ts';
import type { Monitor } from './relation.ts';
import { requireTimeout, type Timeout } from './timeout.ts';
import { startWait } from './waits.ts';

/** Until when the answers to several requests are waited for. */
export interface WaitManyOptions {
  /** One time limit for all, in ms. */
  readonly timeout: Timeout;
  /** Asked after each answer, in the order in which they come, with how many there are: `true` ends the wait early, and so does a throw, which is the rejection. */
  readonly isEnough?: (answer: Answer, count: number) => boolean;
}

/**
 * Waits, as `wait` does, for the answers to several requests: resolves with those that came, by their reference, when all
 * are there, when `isEnough`, or after `timeout`. Each of `refs` is a monitor of the caller with an alias; one twice counts
 * once, and one whose answer was taken before is not waited for. The monitors stay; an answer that came too late for this
 * wait is in the mailbox.
 */
export function waitMany(
  refs: Iterable<MonitorRef>,
  { timeout, isEnough = () => false }: WaitManyOptions,
): Promise<ReadonlyMap<Ref, Answer>> {
  try {
    const process = callerOrDead();
    if (!process.isAlive) return fence(process);
    requireTimeout(timeout, 'timeout');
    const monitors = Array.from(refs, (ref) => requireFree(process, ref));
    const gathering = new Gathering(monitors, isEnough);
    if (gathering.takeFrom(process)) return Promise.resolve(gathering.result());
    return gathering.wait(process, timeout);
  } catch (error) {
    return rejected(error);
  }
}

/** What has come of one wait, and what is open. */
class Gathering {
  readonly answers = new Map<Ref, Answer>();
  readonly open = new Map<Ref, Monitor>();
  readonly #isEnough: (answer: Answer, count: number) => boolean;
  /** What `isEnough` threw. */
  #failure: { readonly error: unknown } | undefined;

  constructor(monitors: Iterable<Monitor>, isEnough: (answer: Answer, count: number) => boolean) {
    this.#isEnough = isEnough;
    for (const monitor of monitors) this.open.set(monitor.ref, monitor);
  }

  /** Takes what lies in the mailbox, oldest first; `true` if that is enough. */
  takeFrom({ mailbox }: Process): boolean {
    let isEnough = this.open.size === 0;
    while (!isEnough && mailbox.length > 0) {
      const answer = mailbox.take((message) => isAnswer(message) && this.open.has(message.ref));
      if (!isAnswer(answer)) break;
      isEnough = this.add(answer);
    }
    for (const [ref, monitor] of this.open) if (!isPending(monitor)) this.open.delete(ref);
    return isEnough || this.open.size === 0;
  }

  /** `true` if that is enough. */
  add(answer: Answer): boolean {
    const monitor = this.open.get(answer.ref);
    if (monitor !== undefined) monitor.wait = undefined;
    this.open.delete(answer.ref);
    this.answers.set(answer.ref, answer);
    return this.#hasEnough(answer) || this.open.size === 0;
  }

  /** The answers. Throws what `isEnough` threw. */
  result(): ReadonlyMap<Ref, Answer> {
    if (this.#failure !== undefined) throw this.#failure.error;
    return this.answers;
  }

  /** It is asked where the answer comes, and whoever brings it must not be hurt by a throw. */
  #hasEnough(answer: Answer): boolean {
    try {
      return this.#isEnough(answer, this.answers.size);
    } catch (error) {
      this.#failure = { error };
      return true;
    }
  }

  /** Waits for what is open. */
  wait(process: Process, timeout: Timeout): Promise<ReadonlyMap<Ref, Answer>> {
    const wait = startWait(process, timeout, () => this.result());
    for (const monitor of this.open.values()) monitor.wait = wait;
    wait.take = (answer) => isAnswer(answer) && this.add(answer);
    wait.onEnd = () => {
      for (const monitor of this.open.values()) monitor.wait = undefined;
    };
    return wait.promise as Promise<ReadonlyMap<Ref, Answer>>; // what `startWait` was told to give
  }
}

function requireFree(process: Process, ref: MonitorRef): Monitor {
  const monitor = requireOwnMonitor(process, ref);
  if (monitor.wait === undefined) return monitor;
  throw new Error(`process ${process.pid} is waiting for ${ref} already`);
}
