/** A shell: when main exits, the program goes on with another one, as whom top-level code goes on. */
import { EventEmitter } from 'node:events';
import {
  exit,
  formatValue,
  isAlive,
  isDown,
  monitor,
  processes,
  processTree,
  receive,
  replaceMain,
  self,
  send,
  sleep,
  spawn,
  spawnLink,
} from '@coppice/core';

const first = self();
const bystander = spawn(function bystander() {
  return sleep('infinity');
});
const emitter = new EventEmitter();
emitter.on('event', () => send(self<string>(), 'heard'));

const ended = new Promise<string>((resolve) => {
  replaceMain((pid, reason) => resolve(`${pid} exited: ${formatValue(reason)}`));
});
spawnLink(() => exit('crashed'));
console.log(await ended);
console.log(self() === first, isAlive(first), isAlive(bystander));
emitter.emit('event');
console.log(await receive());
console.log(processTree());
monitor(bystander);
exit(bystander, 'kill');
await receive(isDown);
console.log(processes().length);
