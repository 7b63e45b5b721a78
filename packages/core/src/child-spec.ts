/** How a supervisor starts, restarts and stops one child: the data that behaviours and supervisors share. OTP: a child specification. */
import type { Pid } from './pid.ts';
import type { Timeout } from './timeout.ts';

/** When a child is restarted: always, after an abnormal exit, never. */
export type Restart = 'permanent' | 'transient' | 'temporary';
/** How a child is stopped: ms to wait after `shutdown`, at once, or for ever. */
export type ShutdownTime = Timeout | 'brutal_kill';
/** Whether a child has children of its own, which it needs time to stop. */
export type ChildType = 'worker' | 'supervisor';

/** How a supervisor starts, restarts and stops one child. `I` is `never` when its start never ignores. Plain data; change one by spreading: `{ ...Counter.childSpec(0), id: 'two' }`. */
export interface ChildSpec<out P extends Pid<never> = Pid<never>, out I extends 'ignore' = 'ignore'> {
  readonly id: unknown;
  /** Runs in the supervisor's process, which must be linked to what it starts. */
  readonly start: () => Promise<P | I>;
  /** Default `'permanent'`. */
  readonly restart?: Restart;
  /** Default 5000 ms for a worker, `'infinity'` for a supervisor. */
  readonly shutdown?: ShutdownTime;
  /** Default `'worker'`. */
  readonly type?: ChildType;
  /** Whether its end may end the supervisor: see `autoShutdown`. Default `false`. */
  readonly significant?: boolean;
  readonly modules?: readonly string[];
}

/** What every `childSpec` function takes beside its start options. */
export interface ChildOptions {
  readonly id?: unknown;
  readonly restart?: Restart;
  readonly shutdown?: ShutdownTime;
  readonly significant?: boolean;
}
