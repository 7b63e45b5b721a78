/**
 * A program with the one line of set-up: 10,000 crashes a second for a second and a half, beside a server that is called all the while. Tells its
 * parent how many crashes and answers there were; `exit` as argument: it ends by `process.exit(3)`.
 */
import { monotonicTime, sleep, spawn } from '@coppice/core';
import { GenServer, reply } from '@coppice/gen-server';
import { Logger } from '@coppice/logger';

Logger.attach();

const kinds = ['one', 'two', 'three', 'four', 'five'].map((name) => {
  const crash = (): never => {
    throw new Error('boom '.repeat(200)); // a second's lines are more than a pipe holds
  };
  return Object.defineProperty(crash, 'name', { value: name });
});
const Counter = GenServer.define('Counter', {
  init: () => 0,
  call: { next: (count) => reply(count + 1, count + 1) },
});
const counter = await Counter.start();

const start = monotonicTime();
let crashes = 0;
let answers = 0;
for (let passed = 0; passed < 1_500; passed = monotonicTime() - start) {
  for (; crashes < passed * 10; crashes += 1) spawn(kinds[crashes % kinds.length] ?? (() => {}));
  answers = await Counter.call(counter, 'next');
  await sleep(1);
}
await sleep(1_100); // the last summary comes a second later
process.send?.({ crashes, answers });
if (process.argv.includes('exit')) process.exit(3);
