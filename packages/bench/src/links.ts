/**
 * A chain of 1,000,000 links that dies, and for how long it kept the event loop at a time; what a link costs a process that has 100,000, beside
 * one that has 10.
 */
import {
  createNode,
  exit,
  isDown,
  link,
  monitor,
  type Pid,
  receive,
  self,
  send,
  sleep,
  spawn,
  unlink,
} from '@coppice/core';
import { median } from './measure.ts';
import { Rounds } from './rounds.ts';

const CHAIN = 1_000_000;
const FEW = 10;
const MANY = 100_000;
const SLICE = 1_000;

async function chain(length: number): Promise<void> {
  const node = createNode();
  const { tookMs, longestMs, withoutGcMs } = await node.run(async () => {
    const first = spawn(() => sleep('infinity'));
    let last: Pid<never> = first;
    for (let n = 1; n < length; n += 1) {
      if (n % 100 === 0) await sleep(0); // this loop must not be the longest slice itself
      const next = last;
      last = spawn(() => {
        link(next);
        return sleep('infinity');
      });
    }
    monitor(last);
    const me = self<'started'>();
    spawn(() => send(me, 'started')); // the run queue is first-in first-out
    await receive();
    const rounds = new Rounds();
    const before = performance.now();
    exit(first, 'broken');
    await receive(isDown);
    const tookMs = performance.now() - before;
    return { tookMs, ...(await rounds.stop()) };
  });
  const { processes } = node.statistics();
  console.log(
    `a chain of ${length.toLocaleString('en')}: dead after ${tookMs.toFixed(0)} ms, ${processes} process left; longest round of the event loop ${withoutGcMs.toFixed(1)} ms (${longestMs.toFixed(1)} ms with what the garbage collector took)`,
  );
}

/** Nanoseconds of one more link and its end, in a process that has `links`. */
async function linking(links: number): Promise<number> {
  const node = createNode();
  return node.run(async () => {
    for (let n = 0; n < links; n += 1) link(spawn(() => sleep('infinity')));
    const other = spawn(() => sleep('infinity'));
    await sleep(0);
    const times: number[] = [];
    for (let slice = 0; slice < 60; slice += 1) {
      const before = performance.now();
      for (let n = 0; n < SLICE; n += 1) {
        link(other);
        unlink(other);
      }
      times.push(((performance.now() - before) * 1e6) / SLICE);
      await sleep(0);
    }
    return median(times);
  });
}

await chain(CHAIN);
const [few, many] = [await linking(FEW), await linking(MANY)];
console.log(
  `link and unlink: ${few.toFixed(0)} ns among ${FEW}, ${many.toFixed(0)} ns among ${MANY.toLocaleString('en')}: ${(many / few).toFixed(2)} times (bar 1.5)`,
);
if (many / few > 1.5) process.exitCode = 1;
