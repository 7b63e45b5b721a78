/** Timers, flags, registration, process dictionary, process info, hibernate. */
import * as Process from '@coppice/core';
import {
  applyAfter,
  cancelTimer,
  exit,
  hibernate,
  isAlive,
  isExit,
  isRef,
  makeRef,
  type Pid,
  processInfo,
  readTimer,
  receive,
  register,
  self,
  send,
  sendAfter,
  sendInterval,
  sleep,
  spawn,
  spawnMonitor,
  startTimer,
  type TimerCancelled,
  type TimerFired,
  timed,
  trapExit,
  unregister,
  whereis,
} from '@coppice/core';
import { Task } from '@coppice/task';
import { type Oracle, ofType } from '../../oracle.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { done, moduleOf, untyped } from '../../term.ts';

export const timersFlagsInfo: Scenario = scenario('sup/16_timers_flags_info', async (O) => {
  const me = self<unknown>();
  await sendingLater(O, me);
  await cancelling(O, me);
  await timersAndProcesses(O, me);
  await otherTimers(O, me);
  await flagsAndDictionary(O);
  await names(O, me);
  await info(O, me);
  await inheritance(O, me);
});

async function sendingLater(O: Oracle, me: Pid<unknown>): Promise<void> {
  const tick = sendAfter(me, 'tick', 5);
  O.step('send_after', [isRef(tick), await O.recv()]);
  sendAfter(me, 'zero', 0);
  const first = await O.recv(0);
  O.step('send_after 0 is still asynchronous through the mailbox', first === 'none' ? await O.recv() : first);
  sendAfter(me, 3, 45);
  sendAfter(me, 1, 5);
  sendAfter(me, 2, 25);
  O.step('order by time, not by call', [await receive(), await receive(), await receive()]);
}

async function cancelling(O: Oracle, me: Pid<unknown>): Promise<void> {
  const later = sendAfter(me, 'x', 5000);
  const left = readTimer(later);
  O.step('read_timer', [typeof left === 'number' && left > 4000 && left <= 5000]);
  cancelTimer(later);
  const second = sendAfter(me, 'x', 5000);
  const rest = cancelTimer(second);
  O.step('cancel_timer returns the time left, then false', [
    typeof rest === 'number',
    cancelTimer(second),
    readTimer(second),
  ]);
  const fired = sendAfter(me, 'fired', 1);
  await sleep(15);
  O.step('cancel after it fired: false, and the message is in the mailbox', [
    cancelTimer(fired),
    await O.mailbox(),
  ]);
  O.step('cancel_timer info: false', done(cancelTimer(sendAfter(me, 'x', 5000), { info: false })));
  const quiet = sendAfter(me, 'x', 5000);
  const answer = done(cancelTimer(quiet, { async: true }));
  const isMine = (m: unknown): m is TimerCancelled => isCancelled(m) && m.ref === quiet;
  const cancelled = await receive(isMine, { timeout: 100 });
  O.step('cancel_timer async: true sends {:cancel_timer, ref, left}', [
    answer,
    cancelled === undefined ? 'none' : typeof cancelled.left === 'number',
  ]);
}

async function timersAndProcesses(O: Oracle, me: Pid<unknown>): Promise<void> {
  O.step('unknown reference', [cancelTimer(untyped(makeRef())), readTimer(untyped(makeRef()))]);
  const mine = sendAfter(me, 'x', 5000);
  const others = Task.async(() => typeof cancelTimer(mine) === 'number');
  O.step('another process may cancel', await Task.await(others));
  sendAfter('later_name', 'to_name', 30);
  spawn<unknown>(async (ctx) => {
    register(ctx.self, 'later_name');
    send(me, ['got', await ctx.receive()]);
  });
  O.step('timer to a name: looked up when it fires', await O.recv());
  sendAfter('nobody_name', 'x', 1);
  await sleep(10);
  O.step('timer to a name that nobody has: silent', 'ok');
  const asleep = spawn<string>(() => sleep('infinity'));
  const toDead = sendAfter(asleep, 'x', 5000);
  exit(asleep, 'kill');
  await O.down(asleep);
  await sleep(5);
  O.step('timer to a dead pid: silent; the timer is dropped with the process', readTimer(toDead));
  const sender = spawn(() => {
    sendAfter(me, 'from_dead', 30);
  });
  await O.down(sender);
  O.step("the sender's death does not cancel its timer", await O.recv());
  O.step('negative time raises', await O.catching(() => sendAfter(me, 'x', -1)));
}

async function otherTimers(O: Oracle, me: Pid<unknown>): Promise<void> {
  const interval = sendInterval(me, 'i', 8);
  for (let i = 0; i < 3; i++) await receive((m): m is 'i' => m === 'i');
  const cancelled = cancelTimer(interval);
  O.step(':timer.send_interval / cancel', cancelled === false ? 'error' : 'ok');
  applyAfter(5, () => send(me, 'applied'));
  O.step(':timer.apply_after', await O.recv());
  await O.mailbox();
  const { ms } = await timed(() => 'v');
  O.step(':timer.tc shape', typeof ms === 'number');
  const ref = startTimer<string>(1, me, 'm');
  const isMine = (m: unknown): m is TimerFired<string> => isTimerFired(m) && m.ref === ref;
  O.step('start_timer message shape {:timeout, ref, msg}', (await receive(isMine)).message);
}

const isTimerFired = ofType<TimerFired<string>>('timeout');

const isCancelled = ofType<TimerCancelled>('cancel_timer');

async function flagsAndDictionary(O: Oracle): Promise<void> {
  O.step('flag trap_exit returns the old value', [trapExit(true), trapExit(false)]);
  O.step('flag priority returns the old value', [Process.priority('high'), Process.priority('normal')]);
  O.step('dictionary', [
    Process.get('pd'),
    Process.get('pd', 'd'),
    Process.put('pd', 1),
    Process.put('pd', 2),
    Process.get('pd'),
    Process.delete('pd'),
    Process.delete('pd'),
  ]);
}

async function names(O: Oracle, me: Pid<unknown>): Promise<void> {
  O.step('register', [
    done(register(me, 'me_name'), true),
    whereis('me_name') === me,
    done(unregister('me_name'), true),
    whereis('me_name'),
  ]);
  const refused = async (fn: () => void) => {
    const [kind, value] = await O.catching(fn);
    return [kind, moduleOf(value)];
  };
  register(me, 'n1');
  const p = spawn(() => sleep('infinity'));
  const d = spawn(() => {});
  await O.down(d);
  O.step('register errors: taken, second name for one process, dead pid, reserved, unregister unknown', [
    await refused(() => register(p, 'n1')),
    await refused(() => register(me, 'n2')),
    await refused(() => register(d, 'n3')),
    await refused(() => register(p, 'undefined')),
    await refused(() => register(p, untyped(null))),
    await O.catching(() => unregister('none')),
  ]);
  unregister('n1');
  exit(p, 'kill');
  const short = spawn<'go'>(async (ctx) => {
    register(ctx.self, 'short');
    await ctx.receive();
  });
  await O.waitUntil(() => whereis('short') === short);
  send(short, 'go');
  await O.down(short);
  O.step('a name goes with its process', whereis('short'));
}

async function info(O: Oracle, me: Pid<unknown>): Promise<void> {
  const before = nameInfo(me);
  register(me, 'nn');
  const after = nameInfo(me);
  unregister('nn');
  O.step('registered_name info', [before, after]);
  const p = spawn(() => {});
  await O.down(p);
  O.step('info of a dead process', [processInfo(p), processInfo(p)?.links, isAlive(p)]);
  const waiting = spawn<'x'>(async ({ receive: next }) => {
    await next();
  });
  await sleep(10);
  O.step('status values', ['status', processInfo(waiting)?.status]);
  exit(waiting, 'kill');
  const sleeper = spawn<unknown>(async (ctx) => {
    hibernate();
    send(me, ['woken', await ctx.receive()]);
  });
  await sleep(5);
  send(sleeper, 'wake');
  O.step('hibernate drops the stack and continues in MFA on the next message', await O.recv());
}

/** OTP gives `[]` where there is no name. */
function nameInfo(pid: Pid<never>): unknown {
  return ['registered_name', processInfo(pid)?.registeredName ?? []];
}

async function inheritance(O: Oracle, me: Pid<unknown>): Promise<void> {
  O.step(
    'group leader is inherited',
    (await Task.await(Task.async(() => Process.groupLeader()))) === Process.groupLeader(),
  );
  Process.put('inh', 1);
  O.step('dictionary is not inherited', await Task.await(Task.async(() => Process.get('inh'))));
  trapExit(true);
  const flag = await Task.await(Task.async(() => processInfo(self())?.trapExit));
  O.step('trap_exit flag is not inherited', ['trap_exit', flag]);
  trapExit(false);
  await O.mailbox();
  trapExit(true);
  const { pid, ref } = spawnMonitor(() => exit('x'), { link: true });
  O.name(pid, 'so');
  O.name(ref, 'som');
  await sleep(15);
  const messages = await O.mailbox();
  O.step(
    'spawn options: link + monitor',
    messages.toSorted((a, b) => Number(isExit(a)) - Number(isExit(b))),
  );
  trapExit(false);
  send(me, 'kept');
  await sleep(5);
  O.step(
    'Process.sleep(:infinity) ends only by exit; sleep ignores messages and keeps them',
    await O.mailbox(),
  );
}
