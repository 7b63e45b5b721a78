/** What few processes have, kept apart from the process and made when first needed: a million idle processes fit in memory. */
import type { ExitReason } from './exit-reason.ts';
import type { Isolation } from './isolation.ts';
import type { List } from './list.ts';
import type { Name } from './name.ts';
import type { Pid, ProcessId } from './pid.ts';
import type { Link } from './relation.ts';
import type { Wait } from './wait.ts';

/** Where a process comes from; shared by all that its parent started. OTP: `$ancestors`. */
export interface Lineage {
  readonly parent: Pid<never> | undefined;
  /** Nearest first, by name where they have one. */
  readonly ancestors: readonly (Pid<never> | string)[];
}

/** Fields that few processes use. */
export class Extension {
  /** Its local name. */
  name: string | undefined;
  /** A name of another kind that it was started under. */
  takenName: Name | undefined;
  label: unknown;
  dictionary: Map<unknown, unknown> | undefined;
  callers: readonly Pid<never>[] = [];
  lineageOfChildren: Lineage | undefined;
  aborter: AbortController | undefined;
  resources: Set<unknown> | undefined;
  exitHooks: Set<(reason: ExitReason) => void> | undefined;
  waits: List<Wait> | undefined;
  /** Its links that are on their way to the other process. */
  pendingLinks: Map<ProcessId, Link> | undefined;
  /** Ends of waits, each to be told in a turn of its own. */
  steps: (() => void)[] | undefined;
  /** Timers that will send to it. */
  incoming: List<object> | undefined;
  /** Behaviours only: which messages are handled now. */
  accept: ((message: unknown) => boolean) | undefined;
  /** Behaviours only: stops the running receive timeout. */
  stopReceiveTimeout: (() => void) | undefined;
  isReceiveTimeoutDue = false;
  /** Behaviours only: `continue` runs before the next message. */
  isContinueDue = false;
  mailboxLimit: MailboxLimit | undefined;
  /** It was told that the mailbox is full: once is enough, for one that drops messages on purpose. */
  isOverflowTold = false;
  priority: Priority = 'normal';
  groupLeader: Pid<never> | undefined;
  /** An abnormal `exit` of a body is a crash too. */
  reportsExits = false;
  isHibernated = false;
  /** Made where it was spawned. */
  spawnSite: Error | undefined;
  /** How many of its calls were rejected since it exited. */
  fenced = 0;
  /** What its code is called, where that is not told by the code itself. */
  initialCall: string | undefined;
  /** Instead of the node's. */
  isolation: Isolation | undefined;
}

/** Bound of a mailbox, and what happens to a message beyond it. Signals are never dropped. */
export interface MailboxLimit {
  readonly limit: number;
  readonly onFull: 'drop_newest' | 'drop_oldest' | 'exit';
}

/** A process's priority: see `priority`. OTP: `priority_level()`. */
export type Priority = 'low' | 'normal' | 'high' | 'max';
