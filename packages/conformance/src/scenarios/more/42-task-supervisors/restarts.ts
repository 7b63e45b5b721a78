/** Restarts of tasks, and too many of them. */
import { Agent } from '@coppice/agent';
import { exit, isAlive, monitor, self, send, sleep } from '@coppice/core';
import { TaskSupervisor } from '@coppice/task';
import type { Oracle } from '../../../oracle.ts';
import { exits, forever, start } from './common.ts';

export async function restarts(O: Oracle): Promise<void> {
  const me = self<unknown>();
  const permanent = await start({ maxRestarts: 10 });
  const tell = async () => {
    send(me, 'ran');
    await sleep(50);
  };
  await TaskSupervisor.startChild(permanent, tell, { restart: 'permanent' });
  const runs = [await O.recv(), await O.recv(), await O.recv()];
  await TaskSupervisor.stop(permanent);
  O.step('restart permanent: runs again after each end', [runs, await exits(O)]);
  const transient = await start({ maxRestarts: 10 });
  const counter = await Agent.startLink(() => 0);
  const tryTwice = async () => {
    const n = await Agent.getAndUpdate(counter, (count) => [count, count + 1]);
    send(me, ['run', n]);
    if (n < 2) exit('again');
  };
  await TaskSupervisor.startChild(transient, tryTwice, { restart: 'transient' });
  const tries = [await O.recv(), await O.recv(), await O.recv()];
  await sleep(20);
  O.step('restart transient: runs again after a crash, not after a normal end', [
    tries,
    await O.mailbox(),
    await TaskSupervisor.children(transient),
  ]);
}

export async function exhaustion(O: Oracle): Promise<void> {
  const few = await start({ maxRestarts: 1 });
  const ref = monitor(few);
  const other = monitor(await TaskSupervisor.startChild(few, forever));
  await TaskSupervisor.startChild(few, () => exit('crash'), { restart: 'permanent' });
  O.step('too many restarts: the supervisor ends with its tasks', [
    await O.awaitDown(ref),
    await O.awaitDown(other),
    await exits(O),
  ]);
  const none = await start({ maxRestarts: 0 });
  for (let n = 0; n < 3; n += 1) await O.down(await TaskSupervisor.startChild(none, () => exit('crash')));
  O.step('a crash of a temporary task costs no restart', isAlive(none));
}
