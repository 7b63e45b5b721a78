import {
  createNode,
  exit,
  type Pid,
  ProcLib,
  processes,
  self,
  sendAfter,
  spawn,
  type Via,
  whereis,
} from '@coppice/core';
import { describe, expect, it, vi } from 'vitest';

/** A via that keeps its names in a map and asks who calls it. */
function makeVia() {
  const pids = new Map<unknown, Pid<never>>();
  const callers: { readonly caller: Pid<never>; readonly pid: Pid<never> }[] = [];
  const via: Via = {
    registerName: (key, pid) => {
      callers.push({ caller: self(), pid });
      if (key === 'refused') throw new TypeError('no such key');
      if (pids.has(key)) return false;
      pids.set(key, pid);
      return true;
    },
    unregisterName: (key) => void pids.delete(key),
    whereisName: (key) => {
      self(); // a via may ask who calls it
      return pids.get(key);
    },
  };
  return { via, callers };
}

describe('a via name', () => {
  it('is registered as the new process, which the via may link', async () => {
    const { via, callers } = makeVia();
    await createNode().run(() => {
      const pid = spawn(({ receive }) => receive(), { name: { via, key: 'k' } });
      expect(callers).toEqual([{ caller: pid, pid }]);
      expect(whereis({ via, key: 'k' })).toBe(pid);
    });
  });

  it('is looked up when a timer fires', async () => {
    const { via } = makeVia();
    const got = await createNode().run<string, string>(({ receive, self }) => {
      via.registerName('k', self);
      sendAfter({ via, key: 'k' }, 'late', 1);
      return receive();
    });
    expect(got).toBe('late');
  });

  it('that cannot be registered leaves no process behind', async () => {
    const { via } = makeVia();
    await createNode().run(async () => {
      const before = processes().length;
      expect(() => spawn(() => {}, { name: { via, key: 'refused' } })).toThrow('no such key');
      const behaviour = { module: 'M', init: () => {}, handle: () => {} };
      await expect(ProcLib.start(behaviour, { name: { via, key: 'refused' } })).rejects.toThrow(
        'no such key',
      );
      expect(processes().length).toBe(before);
    });
  });

  it('whose release throws does not keep a failed start from being told', async () => {
    const { via } = makeVia();
    const stuck: Via = {
      ...via,
      unregisterName: () => {
        throw new Error('stuck');
      },
    };
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      await createNode().run(async () => {
        const behaviour = { module: 'M', init: () => exit('no'), handle: () => {} };
        const start = ProcLib.start(behaviour, { name: { via: stuck, key: 'k' } });
        await expect(start).rejects.toMatchObject({ code: 'start_failed', reason: 'no' });
      });
      expect(written.mock.calls.flat().join()).toContain('unregistering a via name threw: Error: stuck');
    } finally {
      written.mockRestore();
    }
  });
});
