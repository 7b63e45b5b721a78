/**
 * The part of the tree that does the work. `rest_for_one`: each child stands on those before it. Without the registry
 * nobody knows which host has a worker; without the fetches' supervisor workers have nobody to give work to; when the
 * workers' supervisor is new it has no workers, and the dispatcher has to start them again.
 */
import { Registry } from '@coppice/registry';
import { type ChildSpec, DynamicSupervisor, type RestartLimit, Supervisor } from '@coppice/supervisor';
import { TaskSupervisor } from '@coppice/task';
import * as Dispatcher from './dispatcher.ts';
import { fetches, type Limits, workersByHost } from './host-worker.ts';

export function childSpec(limitsFor: (host: string) => Limits, tolerance: RestartLimit): ChildSpec {
  const children = [
    Registry.childSpec(workersByHost),
    TaskSupervisor.childSpec({ name: fetches }),
    DynamicSupervisor.childSpec({ name: Dispatcher.hostWorkers, ...tolerance }),
    Dispatcher.childSpec(limitsFor),
  ];
  return Supervisor.childSpec(children, { strategy: 'rest_for_one', name: 'crawl', ...tolerance });
}
