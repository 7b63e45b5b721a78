/** Ten readers of one price; prices that expire or cannot be loaded; and the end of the process that owns them all. */
import {
  context,
  type Down,
  exit,
  formatExit,
  GenServer,
  monitor,
  Supervisor,
  send,
  sleep,
  Task,
  whereis,
} from 'coppice';
import * as Cache from './cache.ts';

/** What the main process is told. */
type News = Down | { readonly type: 'loading'; readonly key: string };
const { self: main, receive } = context<News>();

const asked = new Map<string, number>();

/** The slow source behind the cache. Of some keys, the first load is none. */
async function price(key: string): Promise<number> {
  const times = (asked.get(key) ?? 0) + 1;
  asked.set(key, times);
  if (key === 'cherry' && times === 1) throw new Error('the market is closed');
  if (key === 'melon' && times === 1) {
    send(main, { type: 'loading', key });
    await sleep('infinity');
  }
  await sleep(5);
  return key.length * 10;
}

const prices = Cache.define('prices', { load: price, ttlMs: 60_000 });
const quotes = Cache.define('quotes', { load: price, ttlMs: 10 });
const app = await Supervisor.startLink([prices.childSpec(), quotes.childSpec()], { strategy: 'one_for_one' });

console.log('# ten readers, one load');
const readers = Array.from({ length: 10 }, () => Task.async(() => prices.get('apple')));
const values = (await Task.awaitMany(readers)).map((outcome) => outcome.ok && outcome.value);
console.log(values.join(' '), '- asked', asked.get('apple'));

console.log('# a hit asks no process');
await GenServer.suspend(prices.server);
console.log(await prices.get('apple'));
await GenServer.resume(prices.server);

console.log('# what fails is not kept');
for (const _ of ['first', 'second']) {
  const outcome = await prices.get('cherry');
  console.log(outcome.ok ? outcome.value : formatExit(outcome.reason).split('\n')[0]);
}

console.log('# a value is kept for a time');
await quotes.get('plum');
await sleep(10);
await quotes.get('plum');
console.log('asked', asked.get('plum'));

console.log('# the owner is killed while somebody waits: its table goes, and is filled again');
const waiting = Task.async(() => prices.get('melon'));
await receive({ type: 'loading' });
const owner = whereis(prices.server);
if (owner === undefined) throw new Error('the cache does not run');
monitor(owner);
exit(owner, 'kill');
await receive({ type: 'DOWN' });
console.log(await Task.await(waiting));
await Supervisor.countChildren('prices'); // answers when the restart is done
console.log(await prices.get('melon'), await prices.get('apple'), '- asked', asked.get('apple'));
await Supervisor.stop(app);
