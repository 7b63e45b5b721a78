/** Timers: asynchronous cancellation, names that change hands, equal times. The dictionary of a process. */
import {
  cancelTimer,
  delete as deleteKey,
  get,
  getKeys,
  makeRef,
  put,
  readTimer,
  receive,
  register,
  self,
  send,
  sendAfter,
  sleep,
  spawn,
  startTimer,
  unregister,
} from '@coppice/core';
import { Task } from '@coppice/task';
import { type Oracle, ofType } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { done, untyped } from '../../term.ts';

interface Cancelled {
  readonly type: 'cancel_timer';
  readonly ref: unknown;
  readonly left: unknown;
}
const isCancelled = ofType<Cancelled>('cancel_timer');

export const timersAndDictionary: Scenario = scenario('more/10_timers_and_dictionary', async (O) => {
  await O.trap();
  await cancelling(O);
  await names(O);
  await order(O);
  O.step(
    'get_keys after a delete',
    await O.isolated(() => {
      put('a', 1);
      put('b', 2);
      deleteKey('a');
      return [getKeys(), get('a', 'none')];
    }),
  );
  O.step(
    'nil is a value',
    await O.isolated(() => {
      put('k', undefined);
      return [get('k', 'default'), getKeys(), put('k', 1)];
    }),
  );
});

async function cancelling(O: Oracle): Promise<void> {
  const me = self<string>();
  const fired = O.name(sendAfter(me, 'fired', 1), 't1');
  await sleep(5);
  const answer = done(cancelTimer(fired, { async: true }));
  await sleep(2);
  O.step('async cancel of a timer that has fired: its message, then the answer', [answer, await O.mailbox()]);
  const silent = sendAfter(me, 'x', 1000);
  const nothing = done(cancelTimer(silent, { async: true, info: false }));
  await sleep(2);
  O.step('async cancel without info: no answer', [nothing, await O.mailbox(), readTimer(silent)]);
  const unknown = O.name(makeRef(), 't2');
  const asked = done(cancelTimer(untyped(unknown), { async: true }));
  await sleep(2);
  O.step('async cancel of an unknown reference', [asked, await O.mailbox()]);
  const others = sendAfter(me, 'x', 1000);
  const told = await Task.await(
    Task.async(async () => {
      cancelTimer(others, { async: true });
      const message = await receive(isCancelled, { timeout: 100 });
      return message === undefined ? 'none' : [message.ref === others, typeof message.left === 'number'];
    }),
  );
  await O.mailbox();
  O.step('async cancel by another process: the answer comes to it', [told, readTimer(others)]);
  const read = sendAfter(me, 'x', 1);
  await sleep(5);
  O.step('read_timer of one that has fired', [readTimer(read), await O.mailbox()]);
}

async function names(O: Oracle): Promise<void> {
  const me = self<unknown>();
  const holder = (tag: string) =>
    spawn<string>(async (context) => {
      register(context.self, 'holder');
      send(me, ['up', tag]);
      const message = await context.receive();
      if (message !== 'die') send(me, [tag, message]);
    });
  const first = holder('first');
  await O.recv();
  sendAfter('holder', 'hello', 20);
  send(first, 'die');
  await O.down(first);
  holder('second');
  O.step('a timer to a name whose holder changes', [await O.recv(), await O.recv()]);
  register(me, 'mine');
  sendAfter('mine', 'm', 5);
  unregister('mine');
  await sleep(10);
  O.step('a timer to a name that is given up meanwhile', await O.mailbox());
  register(me, 'mine');
  O.name(startTimer(1, 'mine', ['p', 1]), 't3');
  const message = await O.recv();
  unregister('mine');
  O.step('start_timer to a name', message);
}

async function order(O: Oracle): Promise<void> {
  const me = self<number>();
  for (let n = 1; n <= 5; n++) sendAfter(me, n, 5);
  const order: unknown[] = [];
  while (order.length < 5) order.push(await O.recv());
  O.step('equal times: in the order of starting', order);
}
