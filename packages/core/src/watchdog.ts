/** The watchdog: tells of handlers that held the thread. One that never returns cannot be seen from inside. OTP: `erlang:system_monitor/2`. */
import { caller } from './current.ts';
import { requireTimeout, type Timeout } from './timeout.ts';

/**
 * From now on a handler of the caller's node that holds the thread for longer than `ms` milliseconds is told of afterwards, on
 * `coppice.process.long_schedule`, with its process and message; with `'infinity'`, which is where a node begins, none is. Returns what was set before.
 * Seen are callbacks of behaviours and the first part of bodies, up to their first `await`. OTP: the `long_schedule` of `system_monitor`.
 */
export function longSchedule(ms: Timeout): Timeout {
  const { host } = caller();
  requireTimeout(ms, 'ms');
  const before = host.longScheduleMs;
  host.longScheduleMs = ms === 'infinity' ? Number.POSITIVE_INFINITY : ms;
  return before === Number.POSITIVE_INFINITY ? 'infinity' : before;
}
