/** The node's application controller: found, or started when it is first needed, and asked. */
import { type CallSite, ExitError, Gen, type Pid, ProcLib, type Timeout, whereis } from '@coppice/core';
import { ApplicationController, CONTROLLER } from './controller.ts';
import type { Answer, Request } from './protocol.ts';
import { applications } from './table.ts';

/** The controller of the calling process's node. */
export async function controller(): Promise<Pid<never>> {
  const before = whereis(CONTROLLER);
  if (before !== undefined) return before;
  const service = new ApplicationController(applications());
  const pid = await ProcLib.startService(service, { name: CONTROLLER });
  if (pid === 'ignore') throw new ExitError('noproc'); // its init never gives that
  return pid;
}

/** Sends a request and waits for the answer. Rejects with `ExitError` if the controller ends meanwhile, as it does when an application takes the node down. */
export async function ask(
  request: (from: Gen.From) => Request,
  call: Pick<CallSite, 'function' | 'args'>,
  timeout: Timeout = 'infinity',
): Promise<Answer> {
  const pid = await controller();
  const answer = await Gen.call(pid, request, timeout, () => ({ module: 'Application', ...call }));
  return answer as Answer; // what the controller answers to every request
}
