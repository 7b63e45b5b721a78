/** A program that logs, and whose application does not stop. */
import { Application } from '@coppice/application';
import { sleep } from '@coppice/core';
import { Logger } from '@coppice/logger';
import { Supervisor } from '@coppice/supervisor';

Logger.attach();
const Shop = Application.define('shop', {
  start: async () => {
    const tree = await Supervisor.startLink([], { strategy: 'one_for_one' });
    process.send?.('ready');
    return tree;
  },
  prepStop: async () => {
    process.send?.('stopping');
    await sleep('infinity');
  },
});
await Application.run(Shop, { shutdownTimeout: 60_000 });
