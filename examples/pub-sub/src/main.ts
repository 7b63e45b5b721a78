/** Readers of the news: one crashes, one is slow. */
import { GenServer, monitor, processInfo, receive, Supervisor, whereis } from 'coppice';
import * as Reader from './reader.ts';
import * as Topics from './topics.ts';
import { publish } from './topics.ts';

const readers = Supervisor.childSpec(
  [
    Reader.childSpec('ann', { topic: 'news', columns: 20 }),
    Reader.childSpec('ben', { topic: 'news', columns: 80 }),
    Reader.childSpec('eve', { topic: 'news', columns: 80 }),
  ],
  { strategy: 'one_for_one', name: 'readers' },
);
// Who is subscribed is so in a registry that runs: when it starts again, so do all readers.
const app = await Supervisor.startLink([Topics.childSpec(), readers], { strategy: 'rest_for_one' });

console.log('# Everybody reads');
publish('news', 'it rains');
await show('ann', 'ben', 'eve');

console.log('# Ann crashes on a long line, and what is behind it in her mailbox is lost with her');
const ann = pidOf('ann');
monitor(ann);
publish('news', 'it rains more than it ever has');
publish('news', 'it rains on');
console.log(`${Topics.countSubscribers('news')} subscribers`);
await receive(); // her DOWN
console.log(`she is one of them: ${Topics.isSubscribed('news', ann)}`);
await Supervisor.countChildren('readers'); // answers when the restart is done
console.log(`${Topics.countSubscribers('news')} subscribers: she is back`);
publish('news', 'the sun is out');
await show('ann', 'ben', 'eve');

console.log('# Eve is slow: nobody waits for her');
await GenServer.suspend('eve');
for (const hour of [1, 2, 3]) publish('news', `sunny since ${hour} h`);
await show('ann', 'ben');
console.log(`eve has ${processInfo(pidOf('eve'))?.messageQueueLength} messages to read`);
await GenServer.resume('eve');
await show('eve');

await Supervisor.stop(app);

/** What was published before by this process has come before the question. */
async function show(...names: readonly string[]): Promise<void> {
  for (const name of names) console.log(`${name}: ${(await Reader.read(name)).join(', ')}`);
}

function pidOf(name: string) {
  const pid = whereis(name);
  if (pid === undefined) throw new Error(`${name} is not running`);
  return pid;
}
