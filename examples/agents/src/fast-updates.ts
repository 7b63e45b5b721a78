/**
 * Slow work inside of an update blocks everyone else. Computed outside from a value read before, it loses what others changed meanwhile: compare
 * before you write, or let the update do what is quick.
 */
import { Agent } from '@coppice/agent';
import { sleep } from '@coppice/core';
import { Task } from '@coppice/task';

const total = Agent.name<number>('total');
await Agent.startLink(() => 0, { name: total });

const slowly = async (value: number): Promise<number> => (await sleep(10), value + 1);

async function careless(): Promise<void> {
  const value = await slowly(await Agent.get(total, (now) => now));
  await Agent.update(total, () => value);
}
async function careful(): Promise<void> {
  for (;;) {
    const before = await Agent.get(total, (now) => now);
    const value = await slowly(before);
    const isDone = await Agent.getAndUpdate(total, (now) => (now === before ? [true, value] : [false, now]));
    if (isDone) return;
  }
}

const five = (work: () => Promise<void>) => Task.awaitMany(Array.from({ length: 5 }, () => Task.async(work)));
await five(careless);
console.log(`five careless updates: ${await Agent.get(total, (now) => now)}`);
await Agent.update(total, () => 0);
await five(careful);
console.log(`five careful updates: ${await Agent.get(total, (now) => now)}`);
