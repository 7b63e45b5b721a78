/** A process that has ended left a timer: what that calls of the runtime must stop it, in a program with a main process too. */
import { ProcessExited, receive, self, send, spawn } from '@coppice/core';

const me = self<string>();
spawn(() => {
  setTimeout(() => {
    try {
      send(me, 'from the dead');
    } catch (error) {
      console.log(error instanceof ProcessExited ? 'stopped' : error);
    }
  }, 5);
});
console.log((await receive(undefined, { timeout: 50 })) ?? 'nothing came');
