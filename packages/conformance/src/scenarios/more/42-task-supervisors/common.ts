/** What the steps are done with. */
import { isExit, sleep } from '@coppice/core';
import { TaskSupervisor, type TaskSupervisorOptions, type TaskSupervisorPid } from '@coppice/task';
import type { Oracle } from '../../../oracle.ts';

export const forever = (): Promise<void> => sleep('infinity');

export function start(options: TaskSupervisorOptions = {}): Promise<TaskSupervisorPid> {
  return TaskSupervisor.startLink(options);
}

export async function exits(O: Oracle): Promise<readonly unknown[]> {
  return (await O.mailbox()).map((message) => (isExit(message) ? message.reason : message));
}

/** Waits until the supervisor has no tasks. */
export function emptied(O: Oracle, tasks: TaskSupervisorPid): Promise<unknown> {
  return O.waitUntil(async () => (await TaskSupervisor.children(tasks)).length === 0);
}
