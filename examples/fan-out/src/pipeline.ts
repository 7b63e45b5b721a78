/**
 * The pipeline: each stage draws from the one before it when it has room, and the ledger at the end draws from all. A stage is a process, and so is each item in
 * it; they are linked, so that a stage that crashes takes the pipeline with it, and its supervisor starts it anew behind what is written.
 */
import { type ChildSpec, ExitError, formatExit, register, self, Task, TaskSupervisor } from 'coppice';
import * as Ledger from './ledger.ts';
import type { Entry, Line, Order, Rejected } from './order.ts';
import { priceOf } from './price-service.ts';

const parsers = TaskSupervisor.name('parsers');

/** The children, in their order. `lines` are all there are, however often the pipeline starts. */
export const childSpecs = (lines: readonly string[]): readonly ChildSpec[] => [
  TaskSupervisor.childSpec({ name: parsers }),
  Task.childSpec(() => run(lines), { id: 'pipeline', restart: 'transient' }),
];

async function run(lines: readonly string[]): Promise<void> {
  register(self(), 'pipeline');
  const source = linesAfter(lines, await Ledger.resume());
  const priced = Task.asyncStream(parsed(source), price, { maxConcurrency: 4 }); // fan out …
  for await (const outcome of priced) {
    if (!outcome.ok) throw new ExitError(outcome.reason); // only if it trapped exits: else it has ended
    await Ledger.write(outcome.value); // … and in, in order
  }
}

/** Drawn one by one, when there is room. */
function* linesAfter(lines: readonly string[], position: number): Generator<Line> {
  for (const [index, text] of lines.entries()) {
    if (index < position) continue;
    Ledger.drawn(index + 1);
    yield { position: index + 1, text };
  }
}

/** A line that nobody can read crashes its own process only: it would the next time, too. */
async function* parsed(lines: Iterable<Line>): AsyncGenerator<Order | Rejected> {
  const orders = TaskSupervisor.asyncStreamNolink(parsers, lines, parse, {
    maxConcurrency: 2,
    zipInputOnExit: true,
  });
  for await (const outcome of orders) {
    if (outcome.ok) yield outcome.value;
    else yield { position: outcome.input.position, why: formatExit(outcome.reason) };
  }
}

function parse({ position, text }: Line): Order {
  const [, count, item] = /^(\d+) (\w+)$/.exec(text) ?? [];
  if (item === undefined) throw new SyntaxError(`no order: ${text}`);
  return { position, item, count: Number(count) };
}

async function price(order: Order | Rejected): Promise<Entry> {
  if ('why' in order) return order;
  return { ...order, total: order.count * (await priceOf(order.item, order.position)) };
}
