/**
 * Signals: all that one process can do to another. OTP: signals, between an ordered pair of processes delivered in the order sent.
 * They are plain data, addressed by pid. `unlink` and `demonitor` need none: the record that both sides share is marked. Each node has one queue of them and drains it iteratively, never on the sender's stack.
 */
import type { ExitReason } from './exit-reason.ts';
import type { ProcessId } from './pid.ts';
import type { Link, LinkEnd, Monitor } from './relation.ts';
import type { Wait } from './wait.ts';

export type Signal =
  | { readonly kind: 'message'; readonly to: ProcessId; readonly message: unknown }
  /** A message by an alias: arrives only while the alias is active. */
  | { readonly kind: 'alias'; readonly to: ProcessId; readonly alias: object; readonly message: unknown }
  /** By `exit(pid, reason)`: `link` is undefined. By a link: the receiver's end of it; ignored if that is no longer active. */
  | {
      readonly kind: 'exit';
      readonly to: ProcessId;
      readonly from: ProcessId;
      readonly reason: ExitReason;
      readonly link: LinkEnd | undefined;
    }
  | { readonly kind: 'link'; readonly to: ProcessId; readonly link: Link }
  | { readonly kind: 'monitor'; readonly to: ProcessId; readonly monitor: Monitor }
  | { readonly kind: 'down'; readonly to: ProcessId; readonly monitor: Monitor; readonly reason: ExitReason }
  /** What came of the `init` that `wait` waits for. */
  | { readonly kind: 'init'; readonly to: ProcessId; readonly wait: Wait; readonly outcome: unknown }
  /** A message came to a full mailbox whose process ends then. */
  | { readonly kind: 'overflow'; readonly to: ProcessId };
