/** What the code of processes that have exited leaves behind must not end the program; what is nobody's does, as ever. */
import { exit, receive, self, send, sleep, spawn } from '@coppice/core';

const work = async (): Promise<number> => {
  await sleep(20);
  return 1;
};

/** Handles its first promise too late. */
const early = spawn(async () => {
  const first = work();
  await sleep(10);
  await first;
});
const listening = spawn(async ({ signal }) => {
  signal.addEventListener('abort', () => {
    throw new Error('in an abort listener');
  });
  await sleep('infinity');
});
const me = self<string>();
const timing = spawn(async () => {
  setTimeout(() => send(me, 'from the dead'), 5);
  await sleep('infinity');
});
await sleep(1);
for (const pid of [early, listening, timing]) exit(pid, 'kill');
console.log(await receive(undefined, { timeout: 50 }));

const ofNobody = new Error('of nobody');
if (process.argv[2] === 'rejects') setTimeout(() => void Promise.reject(ofNobody), 1);
if (process.argv[2] === 'throws') {
  setTimeout(() => {
    throw ofNobody;
  }, 1);
}
await sleep(20);
console.log('the program goes on');
