/** A program that, when its parent says so, crashes a few processes and ends by `process.exit(3)` before their reports can be written. */
import { spawn } from '@coppice/core';
import { Logger } from '@coppice/logger';

Logger.attach();
process.once('message', () => {
  for (let crash = 0; crash < 5; crash += 1)
    spawn(() => {
      throw new Error('boom');
    });
  setImmediate(() => process.exit(3));
});
process.send?.('ready');
