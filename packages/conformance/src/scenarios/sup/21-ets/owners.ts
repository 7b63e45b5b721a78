/** What there is to know of a table, and who has it. */
import { context, self, send, spawn } from '@coppice/core';
import { Ets, type EtsTransfer } from '@coppice/ets';
import { Task } from '@coppice/task';
import { type Oracle, ofType } from '../../../oracle.ts';
import { done } from '../../../term.ts';
import { lookup, raised, type Tables, unnamed } from './tables.ts';

interface Given {
  readonly type: 't';
  readonly table: Ets<unknown, unknown>;
}
interface Got {
  readonly type: 'got';
  readonly message: EtsTransfer;
}
const isGiven = ofType<Given>('t');
const isGot = ofType<Got>('got');
const isTransfer = ofType<EtsTransfer>('ETS-TRANSFER');

export async function information(O: Oracle, { os, dup }: Tables): Promise<void> {
  const nope = Ets.name<unknown, unknown>('nope');
  O.step('info of an unknown table', [
    Ets.info(nope) ?? 'undefined',
    Ets.info(nope)?.size ?? 'undefined',
    Ets.whereis(nope) ?? 'undefined',
  ]);
  const info = Ets.info(os);
  O.step('info keys', [info?.type, info?.protection, info?.name, info?.isNamed, info?.owner, info?.size]);
  O.step('delete table, then use', [
    done(Ets.delete(dup), true),
    await raised(O, () => Ets.lookup(dup, 1)),
    await raised(O, () => Ets.delete(dup)),
  ]);
  const [named, renamed] = [Ets.name('named'), Ets.name('renamed')];
  O.step('rename', [Ets.rename(named, renamed), Ets.whereis(named) ?? 'undefined', Ets.info(renamed)?.name]);
}

/** The next table that is sent here. */
async function given(): Promise<Ets<unknown, unknown>> {
  return (await context<unknown>().receive(isGiven)).table;
}

export async function lifetime(O: Oracle): Promise<void> {
  const me = self<Given | EtsTransfer>();
  const p = spawn(() => send(me, { type: 't', table: Ets.new({ protection: 'public' }) }));
  await O.down(p);
  const gone = await given();
  O.step('owner dies, no heir: table goes', await O.waitUntil(() => Ets.info(gone) === undefined));
  const oldOwner = spawn(() => {
    const table = Ets.new<unknown, unknown>({ heir: { pid: me, data: 'data' } });
    Ets.insert(table, 1, 2);
    send(me, { type: 't', table });
  });
  O.name(oldOwner, 'old_owner');
  const tab = O.name(await given(), 'tab');
  const transfer = await context<unknown>().receive(isTransfer);
  O.step('heir gets {:"ETS-TRANSFER", tab, from, data}', [transfer, lookup(tab, 1), Ets.info(tab)?.owner]);
}

export async function owners(O: Oracle): Promise<void> {
  const me = self<Got>();
  const table = O.name(Ets.new<unknown, unknown>(), 'given');
  const newOwner = spawn<EtsTransfer>(async ({ receive }) => {
    send(me, { type: 'got', message: await receive() });
    await receive();
  });
  O.name(newOwner, 'new_owner');
  const answer = done(Ets.giveAway(table, newOwner, 'gift'), true);
  const { message } = await context<unknown>().receive(isGot);
  O.step('give_away', [answer, message, Ets.info(table)?.owner]);
  const other = unnamed('g', 'set');
  const dead = spawn<EtsTransfer>(() => {});
  await O.down(dead);
  O.step('give_away to a dead process / by a non-owner', [
    await raised(O, () => Ets.giveAway(other, dead, 1)),
    await Task.await(Task.async(() => raised(O, () => Ets.giveAway(other, self<EtsTransfer>(), 1)))),
  ]);
}

export async function counters(O: Oracle): Promise<void> {
  const counter = Ets.new<string, number>({ protection: 'public' });
  Ets.insert(counter, 'n', 0);
  const add = () => {
    for (let times = 0; times < 100; times += 1) Ets.updateCounter(counter, 'n', 1);
  };
  await Task.awaitMany(Array.from({ length: 20 }, () => Task.async(add)));
  O.step('concurrent update_counter is atomic', lookup(counter, 'n'));
}
