import {
  exit,
  Global,
  isAlive,
  isDown,
  type LockOptions,
  monitor,
  monotonicTime,
  type Pid,
  receive,
  self,
  send,
  sleep,
  spawn,
} from '@coppice/core';
import { DeadlockError, onNode, simulate, simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

const atOnce: LockOptions = { retries: 0 };
const lockFor = (lockRequesterId: unknown, resourceId: unknown = 'resource') => ({
  resourceId,
  lockRequesterId,
});

/** A process that has the lock, until it is told to end. */
async function holder(lockRequesterId: unknown, resourceId?: unknown): Promise<Pid<unknown>> {
  const owner = self<string>();
  const pid = spawn<unknown>(async () => {
    send(owner, (await Global.setLock(lockFor(lockRequesterId, resourceId), atOnce)) ? 'held' : 'refused');
    await receive();
  });
  expect(await receive()).toBe('held');
  return pid;
}

async function kill(pid: Pid<never>): Promise<void> {
  monitor(pid);
  exit(pid, 'kill');
  await receive(isDown);
}

/** Whether a requester that nobody else is could have the lock now. */
async function isFree(resourceId?: unknown): Promise<boolean> {
  const id = lockFor({ probe: self() }, resourceId);
  const free = await Global.setLock(id, atOnce);
  await Global.delLock(id);
  return free;
}

describe('Global.setLock', () => {
  it(
    'refuses a second requester, and lets the first ask again [semantics 52]',
    simulated(async () => {
      expect(await Global.setLock(lockFor(self()))).toBe(true);
      expect(await Global.setLock(lockFor(self()))).toBe(true);
      expect(await Global.setLock(lockFor('another'), atOnce)).toBe(false);
      expect(await Global.setLock(lockFor('another', 'something else'), atOnce)).toBe(true);
      await Global.delLock(lockFor(self())); // a process holds a lock once
      expect(await isFree()).toBe(true);
    }),
  );

  it(
    'compares resources and requesters by value, as terms',
    simulated(async () => {
      await holder(['requester', 1], { table: 'users' });
      expect(await isFree({ table: 'users' })).toBe(false);
      expect(await Global.setLock(lockFor(['requester', 1], { table: 'users' }), atOnce)).toBe(true);
    }),
  );

  it(
    'lets the lock go when its holder dies, and who waits has it at once [semantics 52] [otp-global-007]',
    simulated(async () => {
      const owner = self<number>();
      const other = await holder('one');
      spawn(async () => {
        await Global.setLock(lockFor('two'));
        send(owner, monotonicTime());
        await receive();
      });
      await sleep(100);
      const before = monotonicTime();
      await kill(other);
      expect(await receive()).toBe(before);
      expect(await isFree()).toBe(false);
    }),
  );

  it(
    'keeps the lock until the last process of the requester has let it go [semantics 52] [otp-global-018]',
    simulated(async () => {
      const [one, two, three] = [await holder('same'), await holder('same'), await holder('same')];
      await kill(one);
      expect(await isFree()).toBe(false);
      await Global.delLock(lockFor('same')); // the caller does not hold it
      await kill(two);
      expect(await isFree()).toBe(false);
      await kill(three);
      expect(await isFree()).toBe(true);
    }),
  );

  it(
    'does not wait with 0 retries, nor does a transaction [otp-global-021]',
    simulated(async () => {
      const before = monotonicTime();
      expect(await Global.setLock(lockFor('me'), atOnce)).toBe(true);
      expect(await Global.setLock(lockFor('other'), atOnce)).toBe(false);
      expect(await Global.trans(lockFor('other'), () => 'ran', atOnce)).toBe('aborted');
      expect(await Global.trans(lockFor('me'), () => 'ran', atOnce)).toBe('ran');
      expect(monotonicTime()).toBe(before);
    }),
  );

  it(
    'tries again after longer and longer pauses while the lock is held',
    simulated(async () => {
      await holder('one');
      const pauses = [0, 250, 500, 1_000, 2_000, 4_000, 8_000, 8_000];
      let whole = 0;
      for (const [retries, pause] of pauses.entries()) {
        whole += pause;
        const before = monotonicTime();
        expect(await Global.setLock(lockFor('two'), { retries })).toBe(false);
        expect(monotonicTime() - before).toBe(whole);
      }
    }),
  );

  it(
    'costs no retry when it is let go and another of those that wait has it first',
    simulated(async () => {
      const owner = self<boolean | 'aborted'>();
      for (let n = 0; n < 5; n += 1) {
        spawn(async () => {
          send(owner, await Global.trans(lockFor(n), async () => (await sleep(5), true), { retries: 1 }));
        });
      }
      for (let n = 0; n < 5; n += 1) expect(await receive()).toBe(true);
      expect(monotonicTime()).toBe(25);
    }),
  );

  it(
    'goes to who waited first [semantics 52]',
    simulated(async () => {
      const owner = self<string>();
      const other = await holder('other');
      for (const name of ['first', 'second', 'third']) {
        spawn(async () => {
          await Global.trans(lockFor(name), () => send(owner, name));
        });
      }
      await sleep(1);
      send(other, 'end');
      const told = [await receive(), await receive(), await receive()];
      expect(told).toEqual(['first', 'second', 'third']);
    }),
  );

  it(
    'goes to a process as often as it waits',
    simulated(async () => {
      const other = await holder('other');
      const both = Promise.all([Global.setLock(lockFor('mine')), Global.setLock(lockFor('mine'))]);
      await sleep(1);
      exit(other, 'kill');
      expect(await both).toEqual([true, true]);
    }),
  );

  it('has no timer that would hide a deadlock', async () => {
    const crossed = simulate(async () => {
      await Global.setLock(lockFor('one'));
      await Global.setLock(lockFor('two'));
    });
    await expect(crossed).rejects.toThrow(DeadlockError);
  });

  it(
    'is not held up by one that died waiting',
    simulated(async () => {
      const other = await holder('other');
      const waiting = spawn(() => Global.setLock(lockFor('waiting')).then(() => undefined));
      await sleep(1);
      await kill(waiting);
      await kill(other);
      expect(await isFree()).toBe(true);
    }),
  );

  it(
    'refuses bad arguments [otp-global-005]',
    simulated(async () => {
      const id = lockFor('me');
      // @ts-expect-error an id has two parts
      await expect(Global.setLock('resource')).rejects.toThrow(
        'id must be { resourceId, lockRequesterId }, got "resource"',
      );
      for (const retries of [-1, 1.5, Number.NaN])
        await expect(Global.setLock(id, { retries })).rejects.toThrow(
          `retries must be a count or 'infinity', got ${retries}`,
        );
      // @ts-expect-error an id has two parts
      await expect(Global.delLock({})).rejects.toThrow('id must be { resourceId, lockRequesterId }');
      // @ts-expect-error what runs is a function
      await expect(Global.trans(id, 'nothing')).rejects.toThrow('fn must be a function, got "nothing"');
      expect(await isFree()).toBe(true);
    }),
  );
});

describe('Global.trans', () => {
  it(
    'runs with the lock held, gives the result, and unlocks',
    simulated(async () => {
      const inside = await Global.trans(lockFor('me'), async () => {
        await sleep(10);
        return isFree();
      });
      expect(inside).toBe(false);
      expect(await isFree()).toBe(true);
    }),
  );

  it(
    'unlocks when the function throws, and when its process is killed',
    simulated(async () => {
      const boom = new Error('boom');
      const failing = Global.trans(lockFor('me'), () => {
        throw boom;
      });
      await expect(failing).rejects.toBe(boom);
      expect(await isFree()).toBe(true);
      const killed = spawn(async () => {
        await Global.trans(lockFor(self()), () => sleep('infinity'));
      });
      await sleep(1);
      expect(await isFree()).toBe(false);
      await kill(killed);
      expect(await isFree()).toBe(true);
    }),
  );
});

describe('the names and locks of Global', () => {
  it(
    'are kept by no process that stray messages could reach, nor do they disturb who waits [otp-global-038]',
    simulated(async () => {
      const owner = self<string>();
      const other = await holder('other');
      await Global.registerName('other', other);
      const waiting = spawn<unknown>(async () => {
        await Global.setLock(lockFor('waiting'));
        send(owner, 'locked');
        send(owner, `found ${JSON.stringify([await receive(), await receive()])}`);
      });
      await sleep(1);
      expect(() => send('global_name_server', 'garbage')).toThrow(TypeError);
      send(waiting, 'garbage');
      send(waiting, { type: 'reply', value: true });
      await sleep(1);
      expect(Global.whereisName('other')).toBe(other);
      await kill(other);
      expect([await receive(), await receive()]).toEqual([
        'locked',
        'found ["garbage",{"type":"reply","value":true}]',
      ]);
    }),
  );

  it(
    'stop the code of a dead process, however it goes on, and let the program go on',
    onNode(async () => {
      let calls = 0;
      const dead = spawn(async () => {
        exit(self(), 'kill');
        for (;;) {
          calls += 1;
          await Global.registerName('name', self()).catch(() => {});
          await Global.setLock(lockFor('dead')).catch(() => {});
        }
      });
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(isAlive(dead)).toBe(false);
      expect(calls).toBeLessThan(20);
      expect(Global.registeredNames()).toEqual([]);
    }),
  );
});
