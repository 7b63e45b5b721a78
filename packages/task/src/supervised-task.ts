/**
 * Tasks as children of a task supervisor. The supervisor starts the process; its owner links and monitors it afterwards, and then tells it the reference
 * for its value. Until then the process only waits, and watches the owner. OTP: `Task.Supervised.start_link/4`.
 */
import {
  type Body,
  type Down,
  demonitor,
  exit,
  isDown,
  link,
  type MonitorRef,
  monitor,
  type Pid,
  type Restart,
  type Sendable,
  type ShutdownTime,
  send,
  spawn,
} from '@coppice/core';
import { ChildError, type DynamicChildSpec, DynamicSupervisor } from '@coppice/supervisor';
import { type AsSelf, bindToSelf } from './as-self.ts';
import { MaxChildrenError } from './errors.ts';
import type { TaskContext } from './task.ts';
import { BY_MONITOR, replyWith, type TaskSpawn } from './task-body.ts';
import { asDynamic, type TaskSupervisorRef } from './task-supervisor.ts';

const DEFAULT_SHUTDOWN_MS = 5_000;

/** What is to be run, for whom, and how. */
export interface SupervisedWork {
  readonly body: (context: TaskContext) => unknown;
  readonly owner: Pid<never>;
  readonly spawn: TaskSpawn;
  readonly shutdown: ShutdownTime | undefined;
  /** Whether the owner is linked to the task. */
  readonly isLinked: boolean;
  /** Of the owner, which starts the work. */
  readonly asSelf: AsSelf;
}

/** From the owner to the process, when it has linked and monitored that. */
interface Begin {
  readonly type: 'begin';
  /** Where the value goes. */
  readonly ref: MonitorRef;
}

/**
 * Starts `work` under a supervisor, and gives what `begun` makes of it. Rejects with `MaxChildrenError` if the supervisor is full, with `ExitError` if there
 * is none. Written with `then`: each async function less makes it some 5 % faster.
 */
export function startSupervised<R>(
  supervisor: TaskSupervisorRef,
  work: SupervisedWork,
  begun: (pid: Pid<never>, ref: MonitorRef) => R,
): Promise<R> {
  const { asSelf, isLinked } = work;
  return startIn(supervisor, childSpecOf(waitForOwner(work), work), (pid) =>
    asSelf(() => {
      if (isLinked) link(pid);
      const ref = monitor(pid, BY_MONITOR);
      send(pid, { type: 'begin', ref });
      return begun(pid, ref);
    }),
  );
}

/** The spec of a task whose body is `body`. */
export function childSpecOf<M>(
  body: Body<M>,
  {
    spawn: options,
    shutdown = DEFAULT_SHUTDOWN_MS,
    restart = 'temporary',
  }: Pick<SupervisedWork, 'spawn' | 'shutdown'> & { readonly restart?: Restart | undefined },
): DynamicChildSpec<Pid<Sendable<M>>> {
  return {
    id: 'Task',
    start: () => spawn(body, options),
    restart,
    shutdown,
    modules: ['Task'],
  };
}

/** Starts a child that never ignores its start, and gives what `started` makes of it. Rejects as {@link startSupervised} does. */
export function startIn<P extends Pid<never>, R>(
  supervisor: TaskSupervisorRef,
  spec: DynamicChildSpec<P>,
  started: (pid: P) => R,
): Promise<R> {
  return DynamicSupervisor.startChild(asDynamic(supervisor), spec).then(
    (pid) => started(pid),
    (error: unknown) => {
      const isFull = error instanceof ChildError && error.reason === 'max_children';
      throw isFull ? new MaxChildrenError(supervisor) : error;
    },
  );
}

/** OTP waits at most 5 s, for a connection of nodes may be lost between; here the owner either goes on or its end is told. */
function waitForOwner({ body, owner }: SupervisedWork): Body<Begin | Down> {
  return (context) => {
    const asSelf = bindToSelf();
    const ownerRef = monitor(owner);
    const isAwaited = (message: unknown): boolean =>
      isBegin(message) || (isDown(message) && message.ref === ownerRef);
    return context.receive(isAwaited).then((message) =>
      asSelf(() => {
        if (message.type === 'DOWN') exit({ shutdown: message.reason });
        demonitor(ownerRef, { flush: true });
        return replyWith(body(context), { pid: owner, ref: message.ref });
      }),
    );
  };
}

function isBegin(message: unknown): message is Begin {
  return (
    typeof message === 'object' &&
    message !== null &&
    'type' in message &&
    message.type === 'begin' &&
    'ref' in message
  );
}
