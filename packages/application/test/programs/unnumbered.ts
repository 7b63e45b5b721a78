/** Hears of its signals as under Deno, which says their names alone. */
import { Application } from '@coppice/application';
import { sleep } from '@coppice/core';
import { Supervisor } from '@coppice/supervisor';

const stuck = Application.define('stuck', {
  start: () => Supervisor.startLink([], { strategy: 'one_for_one' }),
  prepStop: async () => {
    process.emit('SIGINT');
    await sleep('infinity');
  },
});

void Application.run(stuck);
await Application.ensureStarted(stuck);
process.emit('SIGTERM');
