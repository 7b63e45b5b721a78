import {
  countSubscribers,
  createNode,
  type DeadLetterEvent,
  emit,
  exit,
  hasSubscribers,
  longSchedule,
  nodeName,
  onExit,
  type Pid,
  receive,
  self,
  send,
  sleep,
  spawn,
  subscribe,
} from '@coppice/core';
import { onNode, simulated } from '@coppice/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';

const letter = (message: unknown): DeadLetterEvent => ({ to: 'nobody', message });

afterEach(() => {
  vi.restoreAllMocks();
});

/** What is written to stderr from now on, and the rejections that nobody handles. */
function listen(): {
  readonly text: () => string;
  readonly rejections: unknown[];
  readonly stop: () => void;
} {
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const rejections: unknown[] = [];
  const note = (reason: unknown): void => void rejections.push(reason);
  process.on('unhandledRejection', note);
  return {
    text: () => written.mock.calls.map(([text]) => String(text)).join(''),
    rejections,
    stop: () => void process.off('unhandledRejection', note),
  };
}

describe('what nobody listens to', () => {
  it(
    'and somebody should hear of is written to stderr',
    onNode(async () => {
      const written = listen();
      longSchedule(4);
      const worker = spawn(
        function worker() {
          const until = performance.now() + 8;
          while (performance.now() < until);
          return sleep('infinity');
        },
        { name: 'worker', mailbox: { limit: 1, onFull: 'drop_newest' } },
      );
      await sleep(1);
      for (const n of [1, 2]) send(worker as Pid<number>, n);
      written.stop();
      expect(written.text()).toMatch(
        /^process #PID<.*> \(worker\) held the thread for \d+ ms: worker\nprocess #PID<.*> \(worker\) has a full mailbox, of 1 messages, and what comes now is dropped: worker\n$/,
      );
    }),
  );
});

describe('subscribe', () => {
  it('attaches a listener until it is detached, each time that it is called', () => {
    const before = countSubscribers();
    expect(hasSubscribers('coppice.dead_letter')).toBe(false);
    const heard: unknown[] = [];
    const listener = ({ message }: DeadLetterEvent): void => void heard.push(message);
    const detach = [subscribe('coppice.dead_letter', listener), subscribe('coppice.dead_letter', listener)];
    expect([hasSubscribers('coppice.dead_letter'), countSubscribers() - before]).toEqual([true, 2]);
    emit('coppice.dead_letter', letter(1));
    detach[0]?.();
    detach[0]?.();
    emit('coppice.dead_letter', letter(2));
    detach[1]?.();
    emit('coppice.dead_letter', letter(3));
    expect(heard).toEqual([1, 1, 2]);
    expect([hasSubscribers('coppice.dead_letter'), countSubscribers() - before]).toEqual([false, 0]);
    expect(() => subscribe('coppice.dead_letter', 'listener' as never)).toThrow(
      new TypeError('listener must be a function, got "listener"'),
    );
  });

  it(
    'lets an asynchronous listener fail without hurting the process that emitted [semantics 47]',
    onNode(async ({ down }) => {
      const { text, rejections, stop } = listen();
      // oxlint-disable-next-line typescript/no-misused-promises -- that is the point
      const detach = subscribe('coppice.dead_letter', async ({ message }) => {
        await sleep(0);
        throw new Error(`could not store ${String(message)}`);
      });
      const gone = spawn<string>(() => {});
      await down(gone);
      send(gone, 'lost');
      detach();
      await sleep(5);
      stop();
      expect(text()).toContain('a subscriber of coppice.dead_letter threw: Error: could not store lost');
      expect(rejections).toEqual([]);
    }),
  );
});

describe('onExit', () => {
  it(
    'writes what a hook throws to stderr, at once or later, and calls the others',
    onNode(async ({ down }) => {
      const { text, rejections, stop } = listen();
      const me = self<unknown>();
      const pid = spawn(async () => sleep('infinity'));
      onExit(pid, () => {
        throw new Error('at once');
      });
      // oxlint-disable-next-line typescript/no-misused-promises -- that is the point
      onExit(pid, async () => {
        throw new Error('later');
      });
      onExit(pid, (reason) => send(me, reason));
      exit(pid, 'over');
      expect(await receive()).toBe('over');
      await down(pid);
      await sleep(5);
      stop();
      expect(text()).toMatch(/an exit hook of process .* threw: Error: at once/);
      expect(text()).toMatch(/an exit hook of process .* threw: Error: later/);
      expect(rejections).toEqual([]);
    }),
  );
});

describe('emit', () => {
  it(
    'calls who listened when it began, whatever they attach and detach',
    simulated(() => {
      const heard: string[] = [];
      const detach: (() => void)[] = [];
      const late = (): void => void heard.push('late');
      detach.push(
        subscribe('coppice.dead_letter', () => {
          heard.push('first');
          detach.push(subscribe('coppice.dead_letter', late));
        }),
      );
      detach.push(subscribe('coppice.dead_letter', () => heard.push('second')));
      emit('coppice.dead_letter', letter('x'));
      for (const undo of detach) undo();
      expect(heard).toEqual(['first', 'second']);
    }),
  );
});

describe('a subscriber', () => {
  it("runs as the main process of the node that it is told of, whoever's code is running", async () => {
    const told: (readonly [channel: string, node: string])[] = [];
    const channels = [
      'coppice.dead_letter',
      'coppice.process.long_schedule',
      'coppice.process.exit',
    ] as const;
    const detach = channels.map((channel) => subscribe(channel, () => told.push([channel, nodeName()])));
    const node = createNode({ name: 'mine', longScheduleMs: 1e-9 });
    const code = (): Promise<void> => sleep('infinity');
    await node.run(async () => {
      const [first, second] = [spawn(code), spawn(code)];
      await sleep(0);
      exit(first, 'shutdown');
      exit(second, 'shutdown');
      send(second as Pid<unknown>, 'queued behind its exit');
      await sleep(1);
      send(second as Pid<unknown>, 'late');
    });
    await new Promise((resolve) => setImmediate(resolve)); // the last turn is told of when it has ended
    for (const stop of detach) stop();
    expect(new Set(told.map(([, name]) => name))).toEqual(new Set(['mine']));
    expect(told.filter(([channel]) => channel === 'coppice.dead_letter')).toHaveLength(2);
    expect(new Set(told.map(([channel]) => channel))).toEqual(new Set(channels));
  });
});
