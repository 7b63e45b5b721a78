import {
  type Context,
  type Down,
  type Exit,
  type ExitReason,
  exit,
  isAbnormal,
  isDown,
  isShutdown,
  monitor,
  type Pid,
  receive,
  self,
  send,
  sleep,
  spawn,
  spawnLink,
  spawnMonitor,
  trapExit,
} from '@coppice/core';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

type High = { readonly type: 'high'; readonly n: number };
type Low = { readonly type: 'low'; readonly text: string };
type Ask = { readonly type: 'ask'; readonly replyTo: Pid<Answer> };
type Answer = { readonly type: 'answer'; readonly value: number };

describe('a process with priorities', () => {
  it(
    'drains what is urgent first, by selective receive',
    simulated(async () => {
      const handled: (number | string)[] = [];
      const drainer = spawn(async ({ receive }: Context<High | Low | Ask>) => {
        await sleep(1); // all have arrived
        for (;;) {
          const high = await receive((m) => m.type === 'high', { timeout: 0 });
          if (high !== undefined) {
            handled.push(high.n);
            continue;
          }
          const any = await receive();
          if (any.type === 'ask') send(any.replyTo, { type: 'answer', value: 42 });
          else if (any.type === 'low') handled.push(any.text);
        }
      });
      send(drainer, { type: 'low', text: 'later' });
      send(drainer, { type: 'high', n: 1 });
      send(drainer, { type: 'low', text: 'last' });
      send(drainer, { type: 'high', n: 2 });
      send(drainer, { type: 'ask', replyTo: self<Answer>() });
      expect(await receive()).toEqual({ type: 'answer', value: 42 });
      expect(handled).toEqual([1, 2, 'later', 'last']);
      const ref = monitor(drainer);
      exit(drainer, 'done');
      const down = await receive(isDown);
      expect(down).toMatchObject({ ref, reason: 'done' });
    }),
  );
});

type Work = { readonly type: 'work'; readonly payload: string };
type Stop = { readonly type: 'stop'; readonly replyTo: Pid<Stopped> };
type Stopped = {
  readonly type: 'stopped';
  readonly handled: number;
  readonly downs: number;
  readonly ends: readonly string[];
};

function describeReason(reason: ExitReason): string {
  if (reason === 'normal' || reason === 'killed') return reason;
  if (isShutdown(reason)) return `shutdown ${String(reason.shutdown)}`;
  return reason instanceof Error ? reason.message : JSON.stringify(reason);
}

/** Does one piece of work, each payload in its own way, and ends. */
async function worker({ receive }: Context<Work>): Promise<void> {
  const { payload } = await receive();
  if (payload === 'crash') throw new Error('bad payload');
  if (payload === 'shut down') exit({ shutdown: 'asked to' });
}

/** A supervisor made by hand: one worker at a time, started anew when it ended abnormally. */
async function supervise({ self, receive }: Context<Work | Stop | Exit | Down>): Promise<void> {
  trapExit(true);
  let child = spawnLink(worker);
  let watch = monitor(child);
  let handled = 0;
  let downs = 0;
  const ends: string[] = [];
  for (;;) {
    const message = await receive();
    switch (message.type) {
      case 'work':
        send(child, message);
        handled += 1;
        break;
      case 'EXIT':
        ends.push(describeReason(message.reason));
        if (message.from !== child || !isAbnormal(message.reason)) break;
        child = spawnLink(worker);
        watch = monitor(child);
        break;
      case 'DOWN':
        downs += message.ref === watch ? 1 : 0;
        break;
      case 'stop':
        send(message.replyTo, { type: 'stopped', handled, downs, ends });
        exit(self, 'shutdown');
        return;
    }
  }
}

describe('a supervisor made by hand', () => {
  it(
    'hears how each worker ended, and starts another only after an abnormal end',
    simulated(async ({ expectCrash }) => {
      expectCrash('bad payload');
      const { pid, ref } = spawnMonitor(supervise);
      for (const payload of ['crash', 'shut down']) {
        send(pid, { type: 'work', payload });
        await sleep(1);
      }
      send(pid, { type: 'stop', replyTo: self<Stopped>() });
      expect(await receive()).toEqual({
        type: 'stopped',
        handled: 2,
        downs: 1,
        ends: ['bad payload', 'shutdown asked to'],
      });
      // It traps exits, its own too: the signal is a message, and the body returns.
      expect(await receive(isDown)).toMatchObject({ ref, reason: 'normal' });
    }),
  );
});
