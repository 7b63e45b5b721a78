/** Sees to it that each host has a worker. It keeps nothing but how many hosts it has seen: a new dispatcher starts over, and workers that are there stay. */
import { setLabel } from '@coppice/core';
import { Registry } from '@coppice/registry';
import { type ChildSpec, DynamicSupervisor } from '@coppice/supervisor';
import { Task } from '@coppice/task';
import * as Frontier from './frontier.ts';
import * as HostWorker from './host-worker.ts';

export const hostWorkers = DynamicSupervisor.name('host_workers');

export function childSpec(limitsFor: (host: string) => HostWorker.Limits): ChildSpec {
  return Task.childSpec(() => dispatch(limitsFor), { id: 'dispatcher', restart: 'permanent' });
}

async function dispatch(limitsFor: (host: string) => HostWorker.Limits): Promise<void> {
  setLabel('dispatcher');
  for (let known = 0; ; ) {
    const hosts = await Frontier.hosts(known);
    for (const host of hosts.slice(known)) {
      // Saves starting a worker for nothing; that there is only one is the registry's doing.
      if (Registry.lookup(HostWorker.workersByHost, host).length > 0) continue;
      await DynamicSupervisor.startChild(hostWorkers, HostWorker.childSpec(host, limitsFor(host)));
    }
    known = hosts.length;
  }
}
