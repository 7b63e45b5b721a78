/** A program that ends in the second in which 200 of its processes crash. With `given` as argument it logs with a pino of its own. */
import { isDown, receive, spawnMonitor } from '@coppice/core';
import { Logger } from '@coppice/logger';
import { pino } from 'pino';

Logger.attach(process.argv.includes('given') ? { pino: pino() } : {});

for (let crashes = 0; crashes < 200; crashes += 1)
  spawnMonitor(function crash() {
    throw new Error('boom');
  });
for (let downs = 0; downs < 200; downs += 1) await receive(isDown);
process.exit(3);
