/** A million parked processes on one node: what each takes, and that all answer. Each kind in a program of its own. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Context, createNode, type Pid, ProcLib, send, spawn } from '@coppice/core';
import { heapAfterCollection } from './measure.ts';

const COUNT = 1_000_000;

interface Ask {
  readonly from: Pid<number>;
}

async function report(
  name: string,
  bar: number,
  start: (n: number) => Pid<Ask> | Promise<Pid<Ask>>,
): Promise<void> {
  const node = createNode();
  const pids: Pid<Ask>[] = new Array<Pid<Ask>>(COUNT);
  await node.run(async ({ self, receive }: Context<number>) => {
    const before = heapAfterCollection();
    for (let n = 0; n < COUNT; n += 1) pids[n] = await start(n);
    let answers = 0;
    for (const round of ['first', 'second']) {
      for (const pid of pids) send(pid, { from: self });
      for (let left = COUNT; left > 0; left -= 1) answers += await receive();
      if (answers !== COUNT) throw new Error(`${answers} of ${COUNT} answered the ${round} message`);
      answers = 0;
    }
    const each = (heapAfterCollection() - before) / COUNT;
    const rss = process.memoryUsage().rss / COUNT;
    console.log(
      `${name.padEnd(12)} ${each.toFixed(0).padStart(5)} B of heap each (bar ${bar}), ${rss.toFixed(0)} B of RSS each; all ${COUNT} answered twice`,
    );
  });
}

class Answering {
  readonly module = 'Answering';
  init(): void {}
  handle(message: unknown): void {
    send((message as Ask).from, 1); // only `Ask`s are sent to it
  }
}

async function answering({ receive }: Context<Ask>): Promise<void> {
  for (;;) send((await receive()).from, 1);
}

const kinds: Readonly<Record<string, () => Promise<void>>> = {
  body: () => report('async body', 1_300, () => spawn(answering)),
  behaviour: () => report('behaviour', 600, async () => (await ProcLib.start(new Answering())) as Pid<Ask>), // its init never ignores
};

const [kind] = process.argv.slice(2);
if (kind !== undefined) await kinds[kind]?.();
else {
  for (const name of Object.keys(kinds)) {
    spawnSync(process.execPath, ['--expose-gc', fileURLToPath(import.meta.url), name], { stdio: 'inherit' });
  }
}
