/** Tables: heirs, giving away, who may do what, errors. */
import { context, exit, type Pid, self, send, spawn } from '@coppice/core';
import { Ets, type EtsTransfer } from '@coppice/ets';
import { type Oracle, ofType } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { done, untyped } from '../../term.ts';
import { lookup, raised } from '../sup/21-ets/tables.ts';

type Table = Ets<unknown, unknown>;
interface Took {
  readonly type: 'took';
  readonly seen: readonly unknown[];
}
interface Made {
  readonly type: 'made';
  readonly table: Table;
}
const isTransfer = ofType<EtsTransfer>('ETS-TRANSFER');
const isTook = ofType<Took>('took');
const isMade = ofType<Made>('made');
const nm = Ets.name<unknown, unknown>('nm');
const transfer = () => context<unknown>().receive(isTransfer);

export const etsOwners: Scenario = scenario('more/24_ets_owners', async (O) => {
  const me = self<EtsTransfer>();
  const dead = O.name(
    spawn<EtsTransfer>(() => {}),
    'dead',
  );
  await heirs(O, me);
  await O.down(dead);
  await deadHeirs(O, dead);
  await settings(O, me);
  await gifts(O, me, dead);
  await strangers(O, me);
  await names(O);
});

async function heirs(O: Oracle, me: Pid<EtsTransfer>): Promise<void> {
  const main = self<Made>();
  const p1 = spawn(() =>
    send(main, { type: 'made', table: Ets.new({ protection: 'public', heir: { pid: me, data: 'data' } }) }),
  );
  O.name(p1, 'p1');
  const h1 = O.name((await context<unknown>().receive(isMade)).table, 'h1');
  O.step('the heir is told who owned the table and what it was set with; it is heir still', [
    await transfer(),
    Ets.info(h1)?.heir,
    Ets.info(h1)?.owner,
  ]);
  O.name(
    spawn(() => {
      Ets.new(nm, { heir: { pid: me, data: [1] } });
    }),
    'p2',
  );
  O.step('a named table is told by its name', [await transfer(), Ets.info(nm)?.owner]);
  Ets.delete(nm);
  const p3 = spawn<never>(async ({ receive }) => {
    const table = Ets.new(nm, { heir: { pid: me, data: 1 } });
    Ets.insert(table, 1, 2);
    send(main, { type: 'made', table });
    await receive();
  });
  O.name(p3, 'p3');
  await context<unknown>().receive(isMade);
  exit(p3, 'kill');
  O.step('owner killed: the heir gets it', [await transfer(), lookup(nm, 1)]);
  Ets.delete(nm);
}

async function deadHeirs(O: Oracle, dead: Pid<EtsTransfer>): Promise<void> {
  const heir = { pid: dead, data: 1 };
  O.step('a dead heir is none', Ets.info(Ets.new({ heir }))?.heir ?? 'none');
  const p = spawn(() => {
    Ets.new(nm, { heir });
  });
  await O.down(p);
  O.step(
    'heir dead when the owner dies: the table goes',
    await O.waitUntil(() => Ets.whereis(nm) === undefined),
  );
}

async function settings(O: Oracle, me: Pid<EtsTransfer>): Promise<void> {
  const t = Ets.new();
  const heir = () => Ets.info(t)?.heir ?? 'none';
  O.step('setopts: heir, none, back', [
    done(Ets.setopts(t, { heir: { pid: me, data: 1 } }), true),
    heir(),
    done(Ets.setopts(t, { heir: 'none' }), true),
    heir(),
  ]);
  const bad = (pid: unknown) => ({ heir: { pid: untyped(pid), data: 1 } });
  O.step('heirs that are none', [
    await raised(O, () => Ets.new(bad('x'))),
    await raised(O, () => Ets.setopts(t, bad(5))),
  ]);
}

async function gifts(O: Oracle, me: Pid<EtsTransfer>, dead: Pid<EtsTransfer>): Promise<void> {
  const main = self<Took>();
  const g: Table = Ets.new({ heir: { pid: me, data: 'back' } });
  const taker = spawn<EtsTransfer | 'stop'>(async ({ receive }) => {
    const { from, data } = await receive(isTransfer);
    Ets.insert(g, 'k', 'v');
    send(main, { type: 'took', seen: [from, data, Ets.info(g)?.owner === self(), true] });
    await receive();
  });
  O.name(taker, 'taker1');
  const given = done(Ets.giveAway(g, taker, 'gift'), true);
  const { seen } = await context<unknown>().receive(isTook);
  O.step('give_away: the taker owns and may write', [given, ['took', ...seen]]);
  O.step('the giver of a protected table reads and no longer writes, configures or deletes', [
    lookup(g, 'k'),
    await raised(O, () => Ets.insert(g, 1, 1)),
    await raised(O, () => Ets.setopts(g, { heir: 'none' })),
    await raised(O, () => Ets.giveAway(g, me, 1)),
    await raised(O, () => Ets.delete(g)),
  ]);
  O.name(g, 'g');
  send(taker, 'stop');
  O.step('the heir of before inherits from the taker', [
    await transfer(),
    lookup(g, 'k'),
    Ets.info(g)?.owner,
  ]);
  O.step('give_away: to oneself, to no process, to a dead one', [
    await raised(O, () => Ets.giveAway(g, me, 1)),
    await raised(O, () => Ets.giveAway(g, untyped('x'), 1)),
    await raised(O, () => Ets.giveAway(g, dead, 1)),
    Ets.info(g)?.owner,
  ]);
}

async function strangers(O: Oracle, me: Pid<EtsTransfer>): Promise<void> {
  const pub = Ets.new(Ets.name<unknown, unknown>('pub'), { protection: 'public' });
  const pub2 = Ets.name<unknown, unknown>('pub2');
  const prot: Table = Ets.new();
  const priv: Table = Ets.new({ protection: 'private' });
  const all = async (fns: readonly (() => unknown)[]) => {
    const outcomes: unknown[] = [];
    for (const fn of fns) outcomes.push(await raised(O, fn));
    return outcomes;
  };
  O.step(
    'a stranger, public table',
    await O.isolated(() =>
      all([
        () => done(Ets.insert(pub, 1, 1), true),
        () => Ets.giveAway(pub, me, 1),
        () => Ets.setopts(pub, { heir: 'none' }),
        () => Ets.rename(pub, pub2),
        () => done(Ets.delete(pub2), true),
        () => Ets.whereis(pub2) ?? 'undefined',
      ]),
    ),
  );
  O.step(
    'a stranger, protected table: reads',
    await O.isolated(() =>
      all([
        () => lookup(prot, 1),
        () => Ets.first(prot) ?? '$end_of_table',
        () => Ets.selectCount(prot, () => true),
      ]),
    ),
  );
  const writes = [
    () => Ets.insert(prot, 1, 1),
    () => Ets.insertNew(prot, 1, 1),
    () => Ets.take(prot, 1),
    () => Ets.delete(prot, 1),
    () => Ets.clear(prot),
    () => Ets.selectDelete(prot, () => true),
    () => Ets.rename(prot, Ets.name('x')),
    () => Ets.delete(prot),
  ];
  O.step('a stranger, protected table: writes', await O.isolated(() => all(writes)));
  O.step(
    'a stranger, private table: nothing but information',
    await O.isolated(() =>
      all([
        () => Ets.lookup(priv, 1),
        () => Ets.member(priv, 1),
        () => Ets.first(priv),
        () => Ets.entries(priv),
        () => Ets.info(priv)?.size,
        () => Ets.info(priv)?.protection,
      ]),
    ),
  );
}

async function names(O: Oracle): Promise<void> {
  const name = (of: string) => Ets.name<unknown, unknown>(of);
  const [n1, n2, n9] = [name('n1'), name('n2'), name('n9')];
  Ets.new(n1);
  Ets.new(n2);
  O.step('names: taken, renamed to itself, to a taken one, unknown', [
    await raised(O, () => Ets.new(n1)),
    await raised(O, () => Ets.rename(n1, n1)),
    await raised(O, () => Ets.rename(n1, n2)),
    await raised(O, () => Ets.rename(name('nope'), name('n3'))),
    await raised(O, () => Ets.insert(name('nope'), 1, 1)),
  ]);
  O.step('bad options', [
    await raised(O, () => Ets.new(untyped('x'))),
    await raised(O, () => Ets.new(name('x'), { type: untyped('foo') })),
    await raised(O, () => Ets.new(name('x'), untyped('set'))),
  ]);
  const table = Ets.whereis(n1);
  Ets.rename(n1, n9);
  O.step('whereis of a renamed table is the same table; its name is free', [
    Ets.whereis(n9) === table,
    Ets.new(n1),
    Ets.whereis(n1) === table,
  ]);
  const t = Ets.new();
  const isThere = () => Ets.all().some((other) => other === t);
  const before = isThere();
  Ets.delete(t);
  O.step('all: while it lives', [before, isThere(), Ets.all().some((other) => other.name === 'n9')]);
  O.step('what is no table', [
    await raised(O, () => Ets.lookup(untyped(5), untyped(1))),
    await raised(O, () => Ets.info(untyped(5))),
    await raised(O, () => Ets.whereis(untyped(5))),
  ]);
}
