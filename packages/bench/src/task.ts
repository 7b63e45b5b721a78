/** Tasks and streams of tasks beside the BEAM on one scheduler. */
import { createNode } from '@coppice/core';
import { Task, TaskSupervisor } from '@coppice/task';
import { compare, nanoseconds, onTheBeam } from './measure.ts';

const node = createNode();

function* range(end: number): Generator<number> {
  for (let n = 0; n < end; n += 1) yield n;
}

async function run(outcomes: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of outcomes);
}

const awaiting = (tasks: number): Promise<void> =>
  node.run(async () => {
    for (const n of range(tasks)) await Task.await(Task.async(() => n));
  });

const awaitingMany = (tasks: number): Promise<void> =>
  node.run(async () => {
    for (let left = tasks; left > 0; left -= 100)
      await Task.awaitMany(Array.from({ length: 100 }, (_, n) => Task.async(() => n)));
  });

const streaming = (items: number, maxConcurrency: number): Promise<void> =>
  node.run(() => run(Task.asyncStream(range(items), (n) => n, { maxConcurrency })));

const supervised = (tasks: number): Promise<void> =>
  node.run(async () => {
    const supervisor = await TaskSupervisor.startLink();
    for (const n of range(tasks)) await Task.await(await TaskSupervisor.async(supervisor, () => n));
    await TaskSupervisor.stop(supervisor);
  });

const supervisedStreaming = (items: number): Promise<void> =>
  node.run(async () => {
    const supervisor = await TaskSupervisor.startLink();
    await run(TaskSupervisor.asyncStreamNolink(supervisor, range(items), (n) => n, { maxConcurrency: 10 }));
    await TaskSupervisor.stop(supervisor);
  });

const beam = onTheBeam('task.exs');
const report = async (
  name: string,
  onBeam: string,
  operations: number,
  program: () => Promise<void>,
): Promise<void> => compare(name, await nanoseconds(operations, program), beam.get(onBeam), 1);

await report('async + await', 'async', 100_000, () => awaiting(100_000));
await report('awaitMany, of 100', 'many', 100_000, () => awaitingMany(100_000));
await report('asyncStream, 2 at once', 'stream2', 100_000, () => streaming(100_000, 2));
await report('asyncStream, 10', 'stream10', 100_000, () => streaming(100_000, 10));
await report('supervised', 'supervised', 50_000, () => supervised(50_000));
await report('supervised stream, 10', 'supervised-stream', 50_000, () => supervisedStreaming(50_000));
