/** What the code of processes that have exited leaves behind in a REPL. Node's has handlers of uncaught errors of its own, so those of core hear of none. */
import { EventEmitter } from 'node:events';
import type { REPLServer } from 'node:repl';
import { ProcessExited } from '@coppice/core';

/**
 * From now on the REPL discards `ProcessExited` where nothing catches it: else it would show one each time that the timer of a process that is gone fires. The
 * error of a line is shown; without it no prompt would be. An unhandled rejection looks the same, so one that comes while a line waits is shown too.
 */
export function discardLateErrors(server: REPLServer, isEvaluating: () => boolean): void {
  server.eval('process.domain\n', server.context, 'domain', (_error, domain: unknown) => {
    if (!(domain instanceof EventEmitter)) return;
    const [show] = domain.listeners('error');
    if (show === undefined) return;
    domain.removeAllListeners('error');
    domain.on('error', (error: unknown) => {
      if (error instanceof ProcessExited && (wasThrown(error) || !isEvaluating())) return;
      Reflect.apply(show, domain, [error]);
    });
  });
}

/** Thrown where nothing catches it, says Node; it gives the error of a line to its handler by hand. */
function wasThrown(error: object): boolean {
  return 'domainThrown' in error && error.domainThrown === true;
}
