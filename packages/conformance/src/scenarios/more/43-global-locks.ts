/** Global: locks, transactions, several names. */
import {
  exit,
  Global,
  type LockOptions,
  monitor,
  type Pid,
  receive,
  self,
  send,
  sleep,
  spawn,
} from '@coppice/core';
import type { Oracle } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { done } from '../../term.ts';

const atOnce: LockOptions = { retries: 0 };
const idOf = (resourceId: unknown, lockRequesterId: unknown) => ({ resourceId, lockRequesterId });
const lock = (resource: unknown, requester: unknown) => Global.setLock(idOf(resource, requester), atOnce);
const unlock = async (resource: unknown, requester: unknown) =>
  done(await Global.delLock(idOf(resource, requester)), true);
const trans = <T>(resource: unknown, fn: () => T | Promise<T>) =>
  Global.trans(idOf(resource, 'me'), fn, atOnce);
const yesNo = (registered: boolean) => (registered ? 'yes' : 'no');
const register = async (name: unknown, pid: Pid<never>) => yesNo(await Global.registerName(name, pid));
const whereis = (name: unknown) => Global.whereisName(name) ?? 'undefined';
const idle = (): Pid<'go'> => spawn<'go'>((ctx) => ctx.receive().then(() => {}));

export const globalLocks: Scenario = scenario('more/43_global_locks', async (O) => {
  await O.trap();
  await requesters(O);
  await sharing(O);
  await waiting(O);
  await transactions(O);
  await endingTransactions(O);
  await terms(O);
  await names(O);
  await manyNames(O);
});

/** A process that holds a lock until it is told to end. */
async function holder(resource: unknown, requester: unknown): Promise<readonly [Pid<'go'>, unknown]> {
  const me = self<unknown>();
  const pid = spawn<'go'>(async (ctx) => {
    send(me, await lock(resource, requester));
    await ctx.receive();
  });
  return [pid, await receive()];
}

async function finish(O: Oracle, pid: Pid<'go'>): Promise<void> {
  const ref = monitor(pid);
  send(pid, 'go');
  await O.awaitDown(ref);
}

async function kill(O: Oracle, pid: Pid<never>): Promise<void> {
  const ref = monitor(pid);
  exit(pid, 'kill');
  await O.awaitDown(ref);
}

function gone(O: Oracle, resource: unknown): Promise<unknown> {
  return O.waitUntil(async () => {
    const isFree = await lock(resource, 'probe');
    if (isFree) await unlock(resource, 'probe');
    return isFree;
  });
}

async function requesters(O: Oracle): Promise<void> {
  O.step('a lock, the same again, another requester', [
    await lock('a', 'me'),
    await lock('a', 'me'),
    await lock('a', 'other'),
  ]);
  O.step('one unlock is enough', [
    await unlock('a', 'me'),
    await lock('a', 'other'),
    await unlock('a', 'other'),
  ]);
  await lock('b', 'me');
  O.step('unlocking what is not locked, or for another requester', [
    await unlock('none', 'me'),
    await unlock('b', 'other'),
    await lock('b', 'third'),
  ]);
  await unlock('b', 'me');
}

async function sharing(O: Oracle): Promise<void> {
  const [c, held] = await holder('c', 'us');
  O.step('another process of the requester shares the lock', [
    held,
    await lock('c', 'us'),
    await lock('c', 'them'),
  ]);
  await finish(O, c);
  const still = await lock('c', 'them');
  await unlock('c', 'us');
  O.step('and it is held until both let go', [still, await gone(O, 'c')]);
  const [d] = await holder('d', 'us');
  await unlock('d', 'us');
  const others = await lock('d', 'them');
  await finish(O, d);
  O.step('a process does not unlock for another one of the requester', [others, await gone(O, 'd')]);
  const [e] = await holder('e', 'us');
  const mine = await lock('e', 'me');
  await kill(O, e);
  O.step('a holder that is killed lets go', [mine, await gone(O, 'e')]);
}

async function waiting(O: Oracle): Promise<void> {
  const [f] = await holder('f', 'us');
  const me = self<unknown>();
  const waiter = spawn<'go'>(async (ctx) => {
    send(me, ['got', await Global.setLock(idOf('f', 'waiting'))]);
    await ctx.receive();
  });
  const early = await O.recv(50);
  await finish(O, f);
  const late = await O.recv(10_000);
  await finish(O, waiter);
  O.step('who waits gets the lock in the end', [early, late]);
  const [g] = await holder('g', 'us');
  O.step('a few retries, then false', await Global.setLock(idOf('g', 'me'), { retries: 1 }));
  await finish(O, g);
}

async function transactions(O: Oracle): Promise<void> {
  const result = await trans('h', async () => ['inside', await lock('h', 'other')]);
  O.step('trans: the result, and the lock is gone', [result, await gone(O, 'h')]);
  const [i] = await holder('i', 'us');
  const me = self<unknown>();
  const aborted = await trans('i', () => send(me, 'ran'));
  await finish(O, i);
  O.step('trans: aborted', [aborted, await O.mailbox()]);
}

async function endingTransactions(O: Oracle): Promise<void> {
  const ends = [
    () => {
      throw new Error('in trans');
    },
    () => exit('bye'),
    () => {
      throw 'ball'; // a throw of Elixir's is what is observed
    },
  ];
  const results: unknown[] = [];
  for (const end of ends) results.push([await O.catching(() => trans('j', end)), await gone(O, 'j')]);
  O.step('trans: an error, an exit, a throw pass, and the lock is gone', results);
  const nested = await trans('k', async () => [await trans('k', () => 'inner'), await gone(O, 'k')]);
  O.step('trans inside of trans, same lock: the inner one unlocks', nested);
  const me = self<unknown>();
  const pid = spawn(async () => {
    await trans('l', async () => {
      send(me, 'in');
      await sleep('infinity');
    });
  });
  await O.recv();
  await kill(O, pid);
  O.step('trans of a killed process: the lock is gone', await gone(O, 'l'));
}

async function terms(O: Oracle): Promise<void> {
  O.step('resources and requesters are any terms', [
    await lock(['table', 1], [self()]),
    await lock(['table', 1], [self()]),
    await lock(['table', 1], ['x']),
    await lock(['table', 2], ['x']),
    await unlock(['table', 1], [self()]),
  ]);
  O.step('a lock and a name are two things', [
    await lock('m', 'me'),
    await register('m', self()),
    whereis('m'),
    done(await Global.unregisterName('m')),
    await lock('m', 'other'),
    await unlock('m', 'me'),
  ]);
}

async function names(O: Oracle): Promise<void> {
  const two = O.name(idle(), 'two');
  O.step('one process, two names: no', [await register('n1', two), await register('n2', two), whereis('n2')]);
  await finish(O, two);
  await O.waitUntil(() => whereis('n1') === 'undefined');
  O.step('a dead process has no names', [whereis('n1'), Global.registeredNames()]);
  const both = O.name(idle(), 'both');
  const given = [
    done(await Global.reregisterName('n3', both), 'yes'),
    done(await Global.reregisterName('n4', both), 'yes'),
    whereis('n3'),
    whereis('n4'),
    await register('n5', both),
  ];
  await Global.unregisterName('n3');
  O.step('two names by re_register_name', [given, whereis('n3'), whereis('n4'), await register('n5', both)]);
  await finish(O, both);
  O.step('they go with it', await O.waitUntil(() => Global.registeredNames().length === 0));
}

async function manyNames(O: Oracle): Promise<void> {
  const allow = async (name: unknown, pid: Pid<never>) =>
    yesNo(await Global.registerName(name, pid, { multiNameAction: 'allow' }));
  const pid = O.name(idle(), 'allowed');
  const given = [await allow('n6', pid), await allow('n7', pid), await allow('n7', self())];
  const all = Global.registeredNames().toSorted((a, b) => (String(a) < String(b) ? -1 : 1));
  await finish(O, pid);
  O.step('two names, allowed', [given, all, await O.waitUntil(() => Global.registeredNames().length === 0)]);
}
