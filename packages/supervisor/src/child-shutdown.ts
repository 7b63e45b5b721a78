/** Stopping children: `shutdown`, time, `kill`; and which ends count as orderly. OTP: `shutdown/1` of `supervisor`. */
import {
  type Exit,
  type ExitReason,
  exit,
  Gen,
  isAlive,
  isExit,
  isShutdown,
  monitor,
  type Pid,
  receive,
} from '@coppice/core';
import type { AsSelf } from './as-self.ts';
import type { CompleteSpec } from './child-spec.ts';

/** Whether a child of a static supervisor that was told to stop has ended as it should; any other end is reported. Pure. */
export function isOrderlyEnd({ shutdown, restart }: CompleteSpec, reason: ExitReason): boolean {
  if (reason === (shutdown === 'brutal_kill' ? 'killed' : 'shutdown')) return true;
  return restart !== 'permanent' && (reason === 'normal' || reason === 'shutdown' || isShutdown(reason));
}

/** {@link isOrderlyEnd} for a dynamic supervisor, which takes `{ shutdown }` of a permanent child too. Pure. OTP: `wait_child` of Elixir's `DynamicSupervisor`. */
export function isOrderlyDynamicEnd(spec: CompleteSpec, reason: ExitReason): boolean {
  return isOrderlyEnd(spec, reason) || (spec.shutdown !== 'brutal_kill' && isShutdown(reason));
}

/**
 * Stops a child's process: tells it to, waits, kills it when its time is over. Resolves with the reason of its end. No EXIT of it is in the mailbox
 * afterwards. OTP: `shutdown/1` with its `unlink_flush/2`.
 */
export async function stopChild(
  asSelf: AsSelf,
  pid: Pid<never>,
  shutdown: CompleteSpec['shutdown'],
): Promise<ExitReason> {
  const reason = await endProcess(asSelf, pid, shutdown);
  const isItsExit = (message: unknown): message is Exit => isExit(message) && message.from === pid;
  const exited = await asSelf(() => receive(isItsExit, { timeout: 0 }));
  return exited === undefined ? reason : exited.reason;
}

/**
 * Tells a process to stop, waits for its end, kills it when its time is over. Resolves with the reason of its end; `'noproc'` if it had ended before.
 * A monitor tells the end, not the link: a child that has unlinked itself cannot hang its supervisor.
 */
export async function endProcess(
  asSelf: AsSelf,
  pid: Pid<never>,
  shutdown: CompleteSpec['shutdown'],
): Promise<ExitReason> {
  const ref = asSelf(() => monitor(pid));
  const wait = (signal: 'kill' | 'shutdown', timeout: number | 'infinity') =>
    asSelf(() => {
      exit(pid, signal);
      // Without time the process gets no turn either, whatever the scheduler.
      return timeout === 0 && isAlive(pid) ? undefined : Gen.wait(ref, timeout);
    });
  const ending = await (shutdown === 'brutal_kill' ? wait('kill', 'infinity') : wait('shutdown', shutdown));
  const end = ending ?? (await wait('kill', 'infinity'));
  return end?.type === 'DOWN' ? end.reason : undefined; // nothing but a DOWN ends an endless wait for a monitor
}

/**
 * Why processes have ended that were dead before they were told to stop: their EXIT signals are in the supervisor's mailbox, where they are left.
 * One pass, however many they are.
 */
export async function findExitReasons(
  asSelf: AsSelf,
  pids: ReadonlySet<Pid<never>>,
): Promise<ReadonlyMap<Pid<never>, ExitReason>> {
  const reasons = new Map<Pid<never>, ExitReason>();
  const look = (message: unknown): boolean => {
    if (isExit(message) && pids.has(message.from)) reasons.set(message.from, message.reason);
    return false;
  };
  if (pids.size > 0) await asSelf(() => receive(look, { timeout: 0 }));
  return reasons;
}
