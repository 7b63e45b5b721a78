import {
  createNode,
  demonitor,
  exit,
  Gen,
  isReply,
  type MonitorRef,
  type Pid,
  type Ref,
  receive,
  self,
  send,
  sleep,
  spawnMonitor,
} from '@coppice/core';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

interface Job {
  readonly pid: Pid<never>;
  readonly ref: MonitorRef;
}

/** A process that answers with `value` after `ms`, and then ends. */
function job(value: unknown, ms = 0): Job {
  const owner = self();
  const child = spawnMonitor(
    async () => {
      await sleep(ms);
      Gen.reply({ pid: owner, ref: child.ref }, value);
    },
    { monitor: { alias: 'demonitor' } },
  );
  return child;
}

function values(refs: readonly Job[], answers: ReadonlyMap<Ref, unknown>): unknown[] {
  return refs.map(({ ref }) => {
    const answer = answers.get(ref);
    return isReply(answer) ? answer.value : answer;
  });
}

describe('Gen.waitMany', () => {
  it(
    'resolves with all answers when the last is there, each reference once',
    simulated(async () => {
      const jobs = [job('a', 3), job('b'), job('c', 1)];
      const refs = jobs.map(({ ref }) => ref);
      const answers = await Gen.waitMany([...refs, ...refs], { timeout: 'infinity' });
      expect(values(jobs, answers)).toEqual(['a', 'b', 'c']);
      expect([...answers.keys()]).toEqual([refs[1], refs[2], refs[0]]);
      expect(await Gen.waitMany([], { timeout: 0 })).toEqual(new Map());
    }),
  );

  it(
    'ends when it is enough; what comes later is in the mailbox',
    simulated(async () => {
      const jobs = [job('late', 2), job('soon')];
      const answers = await Gen.waitMany(
        jobs.map(({ ref }) => ref),
        { timeout: 'infinity', isEnough: (_answer, count) => count === 1 },
      );
      expect(values(jobs, answers)).toEqual([undefined, 'soon']);
      expect(await receive(isReply)).toMatchObject({ ref: jobs[0]?.ref, value: 'late' });
    }),
  );

  it(
    'takes from the mailbox in the order in which the answers came, and nothing else',
    simulated(async () => {
      send(self<string>(), 'unrelated');
      const jobs = [job(1, 1), job(2)];
      await sleep(5);
      const order: unknown[] = [];
      const answers = await Gen.waitMany(
        jobs.map(({ ref }) => ref),
        { timeout: 0, isEnough: (answer) => order.push(isReply(answer) && answer.value) > 9 },
      );
      expect(order).toEqual([2, 1]);
      expect(values(jobs, answers)).toEqual([1, 2]);
      for (const { ref } of jobs) demonitor(ref, { flush: true });
      expect(await receive()).toBe('unrelated');
      expect(await receive(undefined, { timeout: 0 })).toBeUndefined();
    }),
  );

  it(
    'gives what there is when the time is up, and a DOWN as an answer',
    simulated(async () => {
      const slow = job('never', 60_000);
      const dead = spawnMonitor(() => exit('shutdown'), { monitor: { alias: 'demonitor' } });
      const answers = await Gen.waitMany([slow.ref, dead.ref], { timeout: 5 });
      expect(answers.get(dead.ref)).toMatchObject({ type: 'DOWN', reason: 'shutdown' });
      expect(answers.size).toBe(1);
      expect(Gen.isPending(slow.ref)).toBe(true);
      expect(Gen.isPending(dead.ref)).toBe(false);
      demonitor(slow.ref);
      exit(slow.pid, 'kill');
    }),
  );
});

describe('Gen.waitMany of answers that were taken', () => {
  it(
    'does not wait for them',
    simulated(async ({ now }) => {
      const first = job('a');
      const jobs = [first, job('b', 2)];
      const refs = jobs.map(({ ref }) => ref);
      await Gen.waitMany([first.ref], { timeout: 'infinity' });
      demonitor(first.ref, { flush: true });
      const answers = await Gen.waitMany(refs, { timeout: 60_000 });
      expect(values(jobs, answers)).toEqual([undefined, 'b']);
      expect(now()).toBe(2);
    }),
  );
});

describe('Gen.receiveResponse', () => {
  const value = (answer: Gen.Answer | undefined): unknown => (isReply(answer) ? answer.value : answer?.type);

  it(
    'gives what is made of the answer, and leaves nothing of it',
    simulated(async () => {
      const waited = job('a');
      expect(await Gen.receiveResponse(waited.ref, 'infinity', value)).toBe('a');
      const there = job('b');
      await sleep(1);
      expect(await Gen.receiveResponse(there.ref, 'infinity', value)).toBe('b');
      expect([waited, there].map(({ ref }) => Gen.isPending(ref))).toEqual([false, false]);
      expect(await receive(undefined, { timeout: 0 })).toBeUndefined();
    }),
  );

  it(
    'drops what comes after its time',
    simulated(async () => {
      const late = job('late', 10);
      expect(await Gen.receiveResponse(late.ref, 5, value)).toBeUndefined();
      expect(await receive(undefined, { timeout: 100 })).toBeUndefined();
    }),
  );

  it(
    'rejects with what the function throws',
    simulated(async () => {
      const failing = (): never => {
        throw new RangeError('no');
      };
      await expect(Gen.receiveResponse(job('a').ref, 100, failing)).rejects.toThrow('no');
    }),
  );
});

describe('Gen.take', () => {
  it(
    'takes the answer that is there, and nothing before',
    simulated(async () => {
      const { ref } = job('value');
      expect(Gen.take(ref)).toBeUndefined();
      await sleep(2);
      expect(Gen.take(ref)).toMatchObject({ type: 'reply', value: 'value' });
      expect(Gen.take(ref)).toMatchObject({ type: 'DOWN', reason: 'normal' });
      expect(Gen.take(ref)).toBeUndefined();
    }),
  );
});

describe('Gen.wait', () => {
  it('leaves to the mailbox what comes after its end, also where its end is a turn of its own', async () => {
    const stepped = createNode({ scheduler: { next: () => 0 } });
    await stepped.run(async () => {
      const owner = self();
      const child = spawnMonitor<string>(
        async ({ receive }) => {
          await receive();
          Gen.reply({ pid: owner, ref: child.ref }, 'value');
          await receive();
        },
        { monitor: { alias: 'demonitor' } },
      );
      await sleep(0); // the child has started, and waits
      const waiting = Gen.wait(child.ref, 0);
      send(child.pid, 'go');
      expect(await waiting).toBeUndefined();
      expect(await Gen.wait(child.ref, 5_000)).toMatchObject({ type: 'reply', value: 'value' });
      exit(child.pid, 'kill');
    });
  });
});

describe('an isEnough that throws', () => {
  it(
    'rejects the wait, and harms nobody else',
    simulated(async () => {
      const isEnough = (): never => {
        throw new RangeError('enough');
      };
      await expect(Gen.waitMany([job(1, 1).ref], { timeout: 100, isEnough })).rejects.toThrow('enough');
      const there = job(1);
      await sleep(1);
      await expect(Gen.waitMany([there.ref], { timeout: 100, isEnough })).rejects.toThrow('enough');
      expect(await Gen.wait(job(2, 1).ref, 100)).toMatchObject({ value: 2 });
    }),
  );
});
