/** Its worker writes lines to a stream, `stdout` or `stderr`, for as long as it runs; `listens`: the program deals with errors of its streams itself. */
import { writeSync } from 'node:fs';
import { Application } from '@coppice/application';
import { sleep, spawnLink } from '@coppice/core';
import { Supervisor } from '@coppice/supervisor';

const [to = 'stdout', listens] = process.argv.slice(2);
let starts = 0;

const writer = {
  id: 'writer',
  start: async () =>
    spawnLink(async () => {
      starts += 1;
      for (;;) {
        if (to === 'stdout') console.log('a line');
        else console.error('a line');
        await sleep(5);
      }
    }),
};
const App = Application.define('app', {
  start: () => Supervisor.startLink([writer], { strategy: 'one_for_one', maxRestarts: 10 }),
  startPhases: { tell: () => void process.send?.('up') },
});

process.once('exit', (code) =>
  writeSync(to === 'stdout' ? 2 : 1, `ends with ${code} after ${starts} start\n`),
);
if (listens !== undefined) process.stdout.on('error', (error) => void process.send?.(error.message));
await Application.run(App);
