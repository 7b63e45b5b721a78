/**
 * Tasks as children of a task supervisor. The supervisor starts the process; its owner links and monitors it afterwards, and then tells it the reference
 * for its value. Until then the process only waits, and watches the owner. OTP: `Task.Supervised.start_link/4`.
 */
import {
  type Body,
  type ChildSpec,
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
import { ChildError, DynamicSupervisor } from '@coppice/supervisor';
import { type AsSelf, bindToSelf } from './as-self.ts';
import type { TaskContext } from './task.ts';
import { BY_MONITOR, replyWith, type TaskSpawn } from './task-body.ts';
import { asDynamic, type TaskSupervisorRef } from './task-supervisor.ts';

/** How long a started process waits to hear of its owner. */
const BEGIN_WITHIN_MS = 5_000;
const DEFAULT_SHUTDOWN_MS = 5_000;

/** A task's process and the caller's monitor of it. */
export interface SupervisedChild {
  readonly pid: Pid<never>;
  readonly ref: MonitorRef;
}

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

/** Starts `work` under a supervisor. `'max_children'`: there is no room. Rejects with `ExitError` if there is no such supervisor. */
export async function startSupervised(
  supervisor: TaskSupervisorRef,
  work: SupervisedWork,
): Promise<SupervisedChild | 'max_children'> {
  const { asSelf, isLinked } = work;
  const pid = await asSelf(() => startIn(supervisor, childSpecOf(waitForOwner(work), work)));
  if (pid === 'max_children') return pid;
  return asSelf(() => {
    if (isLinked) link(pid);
    const ref = monitor(pid, BY_MONITOR);
    send(pid, { type: 'begin', ref });
    return { pid, ref };
  });
}

/** The spec of a task whose body is `body`. */
export function childSpecOf<M>(
  body: Body<M>,
  {
    spawn: options,
    shutdown,
    restart,
  }: Pick<SupervisedWork, 'spawn' | 'shutdown'> & { readonly restart?: Restart | undefined },
): ChildSpec<Pid<Sendable<M>>> {
  const start = async (): Promise<Pid<Sendable<M>>> => spawn(body, options);
  return {
    id: 'Task',
    start,
    restart: restart ?? 'temporary',
    shutdown: shutdown ?? DEFAULT_SHUTDOWN_MS,
    modules: ['Task'],
  };
}

/** Starts a child that never ignores its start. */
export async function startIn<P extends Pid<never>>(
  supervisor: TaskSupervisorRef,
  spec: ChildSpec<P>,
): Promise<P | 'max_children'> {
  try {
    return (await DynamicSupervisor.startChild(asDynamic(supervisor), spec)) as P; // the start of `spec` never ignores
  } catch (error) {
    if (error instanceof ChildError && error.reason === 'max_children') return 'max_children';
    throw error;
  }
}

function waitForOwner({ body, owner }: SupervisedWork): Body<Begin | Down> {
  return async (context) => {
    const asSelf = bindToSelf();
    const ownerRef = monitor(owner);
    const message = await context.receive(
      (received) => isBegin(received) || (isDown(received) && received.ref === ownerRef),
      {
        timeout: BEGIN_WITHIN_MS,
      },
    );
    if (message === undefined) exit('timeout');
    if (message.type === 'DOWN') exit({ shutdown: message.reason });
    await asSelf(() => {
      demonitor(ownerRef, { flush: true });
      return replyWith(body(context), { pid: owner, ref: message.ref });
    });
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
