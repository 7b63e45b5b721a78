/** Mailboxes: order, selective receive, timeouts, sends to missing names. */
import {
  context,
  exit,
  monotonicTime,
  nodeName,
  type Pid,
  processInfo,
  receive,
  self,
  send,
  sleep,
  spawn,
} from '@coppice/core';
import { type Oracle, sent } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { done } from '../../term.ts';

type Tagged<Tag extends string> = readonly [tag: Tag, n: number];

export const mailboxReceive: Scenario = scenario('sup/15_mailbox_receive', async (O) => {
  const me = self<unknown>();
  await order(O, me);
  await timeouts(O, me);
  await times(O, me);
  await sends(O, me);
  await inspection(O, me);
  await matching(O, me);
});

async function order(O: Oracle, me: Pid<unknown>): Promise<void> {
  for (let i = 1; i <= 5; i++) send(me, i);
  O.step('from one sender: order of sending', await O.mailbox());
  send(me, ['low', 1]);
  send(me, ['high', 2]);
  send(me, ['low', 3]);
  send(me, ['high', 4]);
  O.step('selective receive takes the first that matches', (await receive(tagged('high')))[1]);
  O.step('the rest keep their order', await O.mailbox());
  send(me, 'a');
  send(me, 'b');
  O.step('clause order does not matter more than mailbox order', await receive(oneOf('b', 'a')));
  await O.mailbox();
}

async function timeouts(O: Oracle, me: Pid<unknown>): Promise<void> {
  O.step('after 0 on an empty mailbox', await orTimedOut(oneOf(), 0));
  send(me, 'here');
  O.step('after 0 with a matching message', (await got('here')) ? 'got' : 'timed_out');
  send(me, 'other');
  O.step('after 0 with only a non-matching message', (await got('here')) ? 'got' : 'timed_out');
  O.step('the non-matching message is kept', await O.mailbox());
  send(me, 5);
  send(me, 15);
  O.step('guards', await receive((m): m is number => typeof m === 'number' && m > 10));
  await O.mailbox();
}

async function times(O: Oracle, me: Pid<unknown>): Promise<void> {
  const start = monotonicTime();
  await receive(oneOf('never'), { timeout: 20 });
  O.step('after 20 takes at least 20 ms', monotonicTime() - start >= 20);
  O.step('non-matching messages do not restart the after timer', await timeAmidNoise(O, me));
}

async function timeAmidNoise(O: Oracle, me: Pid<unknown>): Promise<boolean> {
  spawn(async () => {
    for (let i = 0; i < 10; i++) {
      await sleep(10);
      send(me, 'noise');
    }
  });
  const start = monotonicTime();
  await receive(oneOf('never'), { timeout: 40 });
  const elapsed = monotonicTime() - start;
  await sleep(80);
  await O.mailbox();
  return elapsed < 80;
}

async function sends(O: Oracle, me: Pid<unknown>): Promise<void> {
  for (const message of [
    ['l', 1],
    ['h', 1],
    ['l', 2],
    ['h', 2],
  ])
    send(me, message);
  O.step('priority idiom: drain high first, then any', await drain());
  O.step('send returns the message', sent(me, 'ret'));
  await O.mailbox();
  const dead = spawn<string>(() => {});
  await O.down(dead);
  O.step('send to a dead pid', sent(dead, 'x'));
  O.step('send to an unregistered name raises', await O.catching(() => sent('no_such_name', 'x')));
  O.step(
    'send to {name, node()} of an unregistered name does not',
    sent({ local: 'no_such_name', node: nodeName() }, 'x'),
  );
  const r = ['x', 'y', 'z'].map((message) => done(send(me, message)));
  O.step('Process.send with options', [r, await O.mailbox()]);
  send(me, 1);
  const doubled = [1, 2].map((n) => n * 2);
  O.step(
    'receive in the middle of a function that was called while messages wait: no reentrancy, messages wait',
    [doubled, await O.mailbox()],
  );
}

async function drain(): Promise<unknown[]> {
  const high = await receive(tagged('h'), { timeout: 0 });
  const message = high ?? (await context<unknown>().receive(undefined, { timeout: 0 }));
  return message === undefined ? [] : [message, ...(await drain())];
}

async function inspection(O: Oracle, me: Pid<unknown>): Promise<void> {
  send(me, 1);
  send(me, 2);
  O.step('message_queue_len', ['message_queue_len', processInfo(me)?.messageQueueLength]);
  await O.mailbox();
  send(me, ['m', 1]);
  send(me, 'm2');
  O.step('messages info', ['messages', processInfo(me)?.messages]);
  await O.mailbox();
  for (const s of ['s1', 's2']) {
    spawn(() => {
      for (let i = 1; i <= 20; i++) send(me, [s, i]);
    });
  }
  await sleep(30);
  const messages = await O.mailbox();
  O.step(
    "two senders: each sender's order holds",
    ['s1', 's2'].map((s) =>
      counts(
        messages.filter(tagged(s)).map(([, n]) => n),
        20,
      ),
    ),
  );
}

async function matching(O: Oracle, me: Pid<unknown>): Promise<void> {
  send(me, [1, { a: [1.0] }]);
  const nested = (m: unknown): m is unknown => JSON.stringify(m) === JSON.stringify([1, { a: [1.0] }]);
  O.step(
    'terms sent are copies/immutable: 1 and 1.0, tuples, maps match by value',
    (await receive(nested, { timeout: 0 })) === undefined ? 'no' : 'matched',
  );
  send(me, 1.0);
  O.step('integer pattern 1 does not match 1.0', (await got(1)) ? 'matched' : 'no');
  await O.mailbox();
  send(me, 'outer');
  send(me, 'inner');
  await receive(oneOf('outer'));
  await receive(oneOf('inner'));
  O.step('nested receive inside a receive clause', 'both');
  send(me, 'bad');
  const raised = await O.catching(async () => {
    await receive(oneOf('bad'));
    exit('in_clause');
  });
  O.step('a raise in a receive clause: the message is gone', [raised, await O.mailbox()]);
  for (let i = 1; i <= 20_000; i++) send(me, i);
  const backlog = await O.mailbox();
  O.step('a huge backlog (20000) does not lose or reorder', counts(backlog, 20_000));
  const relay = spawn<unknown>(async (ctx) => {
    const message = await ctx.receive();
    await sleep(5);
    send(me, message);
  });
  send(relay, 'via_relay');
  send(me, 'direct');
  await sleep(20);
  O.step(
    'ping-pong order with a relay is per pair only: direct message may come first (both arrive)',
    await O.mailbox(),
  );
}

/** Whether these are 1 to `last`, in order. */
function counts(numbers: readonly unknown[], last: number): boolean {
  return numbers.length === last && numbers.every((n, at) => n === at + 1);
}

function tagged<Tag extends string>(tag: Tag): (message: unknown) => message is Tagged<Tag> {
  return (message): message is Tagged<Tag> => Array.isArray(message) && message[0] === tag;
}

function oneOf(...values: readonly unknown[]): (message: unknown) => message is unknown {
  return (message): message is unknown => values.includes(message);
}

async function orTimedOut(match: (m: unknown) => m is unknown, timeout: number): Promise<unknown> {
  return (await receive(match, { timeout })) ?? 'timed_out';
}

/** Whether `value` is in the mailbox; takes it. */
async function got(value: unknown): Promise<boolean> {
  return (await receive(oneOf(value), { timeout: 0 })) !== undefined;
}
