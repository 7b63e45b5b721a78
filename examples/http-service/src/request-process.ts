/** A process for each request: what happens to it is an answer to its client, and nobody else's problem. */
import { Logger } from '@coppice/logger';
import {
  bindSelf,
  type ChildSpec,
  exit,
  MaxChildrenError,
  run,
  Task,
  type TaskContext,
  TaskSupervisor,
} from 'coppice';
import type { Context, Env, Handler } from 'hono';
import type { RequestIdVariables } from 'hono/request-id';

interface RequestEnv extends Env {
  readonly Variables: RequestIdVariables;
}
type Handle<E extends Env> = (c: Context<E>, task: TaskContext) => Promise<Response>;

const requests = TaskSupervisor.name('requests');

/** The supervisor of the requests' processes, of which there are `maxRequests` at most. */
export const childSpec = (maxRequests: number): ChildSpec =>
  TaskSupervisor.childSpec({ name: requests, maxChildren: maxRequests });

/**
 * A handler that runs `handle` in a process of its own. If that crashes, the client gets a 500; if it takes longer than `timeoutMs`, it is killed, and the client gets
 * a 504; if the client goes, it is killed. What it has asked others for ends with it, by its `signal`. If there are too many already, the client gets a 503.
 */
export function inProcess<E extends RequestEnv>(timeoutMs: number, handle: Handle<E>): Handler<E> {
  // Another process waits for it, as a connection's does for a request's in Cowboy: a listener is called by whoever emits, and owns nothing.
  return (c) => run(({ signal }) => answer(c, handle, { timeoutMs, signal }));
}

async function answer<E extends RequestEnv>(
  c: Context<E>,
  handle: Handle<E>,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Response> {
  try {
    const task = await TaskSupervisor.asyncNolink(requests, (context) => {
      Logger.metadata({ requestId: c.get('requestId'), path: c.req.path }); // in all that is logged of it
      return handle(c, context);
    });
    const abandon = bindSelf(() => exit(task.pid, 'kill'));
    if (c.req.raw.signal.aborted) abandon();
    else c.req.raw.signal.addEventListener('abort', abandon, { signal }); // until this process has answered
    const outcome = (await Task.yield(task, timeoutMs)) ?? (await Task.shutdown(task, 'brutal_kill'));
    if (outcome === undefined) return c.text('it took too long', 504);
    return outcome.ok ? outcome.value : c.text('it failed', 500);
  } catch (error) {
    if (error instanceof MaxChildrenError) return c.text('too many requests', 503);
    throw error;
  }
}
