/** Exit signals: sender's reason × receiver trapping or not × sent or by link. */
import {
  context,
  type Down,
  demonitor,
  type ExitReason,
  exit,
  isExit,
  link,
  type MonitorRef,
  monitor,
  type Pid,
  processInfo,
  receive,
  self,
  send,
  sleep,
  spawn,
  spawnLink,
  trapExit,
} from '@coppice/core';
import { apply, ErlangError } from '../../exceptions.ts';
import { downOf, type Oracle, ofType } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { done, untyped } from '../../term.ts';

interface Ready {
  readonly type: 'ready';
}
interface Got {
  readonly type: 'got';
  readonly message: unknown;
}
interface Started {
  readonly type: 'p';
  readonly pid: Pid<'go'>;
}
interface StillHere {
  readonly type: 'still_here';
  readonly mailbox: readonly unknown[];
}

const isGot = ofType<Got>('got');
const isStillHere = ofType<StillHere>('still_here');

const monitors = new Map<Pid<never>, MonitorRef>();

/** A process that reports what it receives. */
async function target(traps: boolean): Promise<Pid<'stop'>> {
  const me = self<Ready | Got>();
  const pid = spawn<unknown>(async (ctx) => {
    if (traps) trapExit(true);
    send(me, { type: 'ready' });
    for (;;) {
      const message = await ctx.receive();
      if (message === 'stop') return;
      send(me, { type: 'got', message });
    }
  });
  await context<Ready | Got>().receive({ type: 'ready' });
  monitors.set(pid, monitor(pid));
  return pid;
}

async function outcome(pid: Pid<never>): Promise<unknown> {
  const ref = monitors.get(pid);
  const isEnd = downOf(ref);
  const isNews = (m: unknown): m is Down | Got => isEnd(m) || isGot(m);
  const news = await receive(isNews, { timeout: 40 });
  if (news?.type === 'DOWN') return ['dies', news.reason];
  if (ref !== undefined) demonitor(ref, { flush: true });
  if (news === undefined) return 'nothing';
  const { message } = news;
  if (!isExit(message)) return ['other_message', message];
  return ['message', ['EXIT', message.from === self() ? 'sender' : message.from, message.reason]];
}

const reasons: readonly (readonly [label: string, reason: ExitReason])[] = [
  [':normal', 'normal'],
  [':shutdown', 'shutdown'],
  ['{:shutdown, :x}', { shutdown: 'x' }],
  [':crash', 'crash'],
  [':kill', 'kill'],
  [':killed', 'killed'],
  [':noproc', 'noproc'],
];
const fewReasons = ['normal', 'shutdown', 'kill'] as const;
const trapping = [false, true] as const;

async function sentSignals(O: Oracle): Promise<void> {
  for (const [label, reason] of reasons) {
    for (const traps of trapping) {
      const p = await target(traps);
      const r = done(exit(p, reason), true);
      O.step(`Process.exit(other, ${label}), target traps: ${traps}`, [r, await outcome(p)]);
      exit(p, 'kill');
    }
  }
}

async function linkSignals(O: Oracle): Promise<void> {
  for (const [label, reason] of reasons) {
    for (const traps of trapping) {
      const p = await target(traps);
      const l = spawn(() => {
        link(p);
        exit(reason);
      });
      O.name(l, `linked_${label}_${traps}`);
      O.step(`a linked process exits with ${label}, target traps: ${traps}`, await outcome(p));
      exit(p, 'kill');
    }
  }
}

/** What a trapping target gets when a process that is linked to it ends by running `fn`. */
async function linkedEnd(O: Oracle, name: string, fn: () => void): Promise<unknown> {
  const p = await target(true);
  const l = spawn(() => {
    link(p);
    fn();
  });
  O.name(l, name);
  return outcome(p);
}

async function linkedKilled(O: Oracle): Promise<unknown> {
  const p = await target(true);
  const l = spawn(async () => {
    link(p);
    await sleep('infinity');
  });
  O.name(l, 'was_killed');
  await O.waitUntil(() => processInfo(p)?.links.includes(l) ?? false);
  exit(l, 'kill');
  return outcome(p);
}

async function exitsToSelf(O: Oracle): Promise<void> {
  for (const reason of fewReasons) {
    for (const traps of trapping) {
      const me = self<StillHere>();
      const { ref } = O.spawnMon(async () => {
        if (traps) trapExit(true);
        exit(self(), reason);
        const mailbox = await O.mailbox();
        const mine = self();
        const exits = mailbox.map((m) =>
          isExit(m) ? { type: 'EXIT', from: m.from === mine ? 'self' : m.from, reason: m.reason } : m,
        );
        send(me, { type: 'still_here', mailbox: exits });
      });
      const isEnd = downOf(ref);
      const isNews = (m: unknown): m is Down | StillHere => isEnd(m) || isStillHere(m);
      const news = await receive(isNews);
      if (news.type === 'still_here') await O.awaitDown(ref);
      const value = news.type === 'still_here' ? ['goes_on', news.mailbox] : ['dies', news.reason];
      O.step(`Process.exit(self(), :${reason}), traps: ${traps}`, value);
    }
  }
}

async function exitsOfProcess(O: Oracle): Promise<void> {
  for (const reason of fewReasons) {
    for (const traps of trapping) {
      const { ref } = O.spawnMon(() => {
        if (traps) trapExit(true);
        exit(reason);
      });
      O.step(`exit(:${reason}) of a process, traps: ${traps}: DOWN reason`, await O.awaitDown(ref));
    }
  }
}

/** Ends with `['caught', …]` if `fn` ends in an exit that the code can catch. */
async function caughtExit(O: Oracle, fn: () => void): Promise<unknown> {
  const { ref } = O.spawnMon(async () => {
    const [kind, reason] = await O.catching(fn);
    if (kind === 'exit') exit(['caught', reason]);
  });
  return O.awaitDown(ref);
}

const uncaught: readonly (() => unknown)[] = [
  () => {
    throw new Error('r');
  },
  () => {
    throw 't';
  },
  () => exit('e'),
  () => {
    throw new ErlangError('custom');
  },
  () => 'ok',
  () => exit('normal'),
  () => 1n / 0n,
  () => [].reduce((first) => first),
  () => {
    const { value } = untyped(undefined);
    return value;
  },
  () => apply({}, 'nofun', []),
  () => ((one: unknown) => one)(untyped(undefined)),
  () => {
    switch (Number('5')) {
      case 1:
        return 1;
    }
    return undefined;
  },
];

/** Three processes in a chain of links; the last one exits with `reason`. */
async function chain(O: Oracle, reason: ExitReason): Promise<readonly unknown[]> {
  const me = self<Started>();
  const hello = (pid: Pid<'go'>) => send(me, { type: 'p', pid });
  spawn<'go'>(async (first) => {
    hello(first.self);
    spawnLink<'go'>(async (second) => {
      hello(second.self);
      spawnLink<'go'>(async (third) => {
        hello(third.self);
        await third.receive();
        exit(reason);
      });
      await sleep(200);
    });
    await sleep(200);
  });
  const pids: Pid<'go'>[] = [];
  for (let i = 0; i < 3; i++) pids.push((await context<Started>().receive({ type: 'p' })).pid);
  const refs = pids.map((pid) => monitor(pid));
  const last = pids.at(-1);
  if (last !== undefined) send(last, 'go');
  const ends: unknown[] = [];
  for (const ref of refs) ends.push(await O.awaitDown(ref));
  return ends;
}

export const exitSignalMatrix: Scenario = scenario('sup/13_exit_signal_matrix', async (O) => {
  await sentSignals(O);
  await linkSignals(O);
  O.step('a linked process is killed: link signal carries :killed and is trappable', await linkedKilled(O));
  O.step(
    'a linked process raises',
    await linkedEnd(O, 'raised', () => {
      throw new Error('boom');
    }),
  );
  O.step(
    'a linked process throws',
    await linkedEnd(O, 'threw', () => {
      throw 'ball';
    }),
  );
  O.step('a linked process returns: normal', await linkedEnd(O, 'returned', () => {}));
  await exitsToSelf(O);
  await exitsOfProcess(O);
  O.step('exit/1 can be caught in the process; Process.exit to self cannot', [
    await caughtExit(O, () => exit('a')),
    await caughtExit(O, () => exit(self(), 'a')),
  ]);
  O.step(
    'exit(:kill) of a linked process does not kill a trapping target: message with :kill',
    await linkedEnd(O, 'exit_kill', () => exit('kill')),
  );
  const bystander = await target(false);
  spawn(() => {
    link(bystander);
    exit('kill');
  });
  O.step(
    'exit(:kill) of a linked process, target does not trap: dies with :kill, not :killed',
    await outcome(bystander),
  );
  const dead = spawn(() => {});
  await O.down(dead);
  O.step('Process.exit(dead, reason) returns true', [
    done(exit(dead, 'x'), true),
    done(exit(dead, 'kill'), true),
  ]);
  O.step('Process.exit of a non-pid raises', await O.catching(() => exit(untyped('some_name'), 'x')));
  const ends: unknown[] = [];
  for (const fn of uncaught) {
    const { ref } = O.spawnMon(() => {
      fn();
    });
    ends.push(await O.awaitDown(ref));
  }
  O.step('uncaught errors: DOWN reasons', ends);
  O.step('exits spread over a chain of links; normal does not', [
    await chain(O, 'crash'),
    await chain(O, 'normal'),
  ]);
});
