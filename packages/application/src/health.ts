/** Whether the program is well, for a probe of who runs it. */
import { applications } from './table.ts';

/** How the node's applications are. */
export interface Health {
  /** Worth keeping: `false` once an application takes the node down. */
  readonly live: boolean;
  /** Takes work: what was started runs, nothing is being started, and nothing stops the program. */
  readonly ready: boolean;
  /** Why it is not ready, a line each; empty if it is. */
  readonly why: readonly string[];
}

/**
 * How the applications of the calling process's node are, at this moment. For the endpoints of a probe: `live` fails when the process should be replaced, `ready` when it
 * should get no requests. It is not ready from the moment at which a signal asks `run` to stop.
 *
 * @example
 * const { ready, why } = Application.health();
 * response.writeHead(ready ? 200 : 503).end(why.join('\n'));
 */
export function health(): Health {
  const { running, starting, stopping, failed } = applications();
  const why = [
    ...(failed === undefined ? [] : [`application ${failed} takes the program down`]),
    ...(stopping === undefined ? [] : [`stopping: ${stopping}`]),
    ...[...starting.keys()].map((name) => `application ${name} is being started`),
    ...(running.length === 0 ? ['no application runs'] : []),
  ];
  return { live: failed === undefined, ready: why.length === 0, why };
}
