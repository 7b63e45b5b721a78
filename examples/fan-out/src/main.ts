/** Forty orders through a pipeline that one of them does not get through, that crashes once, and that is killed once. */
import { exit, Supervisor, whereis } from 'coppice';
import * as Ledger from './ledger.ts';
import type { Entry } from './order.ts';
import * as Pipeline from './pipeline.ts';
import * as PriceService from './price-service.ts';

const items = ['tea', 'milk', 'salt'];
const lines = Array.from({ length: 40 }, (_, index) => `${1 + (index % 5)} ${items[index % 3]}`);
lines[8] = 'a cup of tea'; // nobody can parse this

const children = [
  Ledger.childSpec(),
  PriceService.childSpec([15]), // down when it is asked for order 15
  ...Pipeline.childSpecs(lines),
];
const app = await Supervisor.startLink(children, { strategy: 'rest_for_one' });

await Ledger.reached(25);
const pipeline = whereis('pipeline');
if (pipeline === undefined) throw new Error('the pipeline is not running');
exit(pipeline, 'kill');
await Ledger.reached(lines.length);

const { entries, starts, ahead } = await Ledger.read();
for (const entry of [...entries.slice(0, 2), ...entries.slice(8, 9), ...entries.slice(-1)])
  console.log(show(entry));
console.log(`each order once, in order: ${entries.every(({ position }, index) => position === index + 1)}`);
console.log(`total: ${entries.reduce((sum, entry) => sum + ('total' in entry ? entry.total : 0), 0)}`);
console.log(`the pipeline was started ${starts} times`);
console.log(`the source was never more than 12 lines ahead: ${ahead <= 12}`);
console.error(`the source was ${ahead} lines ahead at most`);
await Supervisor.stop(app);

function show(entry: Entry): string {
  const { position } = entry;
  return 'why' in entry
    ? `${position}: rejected: ${entry.why.split('\n', 1)[0]}`
    : `${position}: ${entry.count} ${entry.item} for ${entry.total}`;
}
