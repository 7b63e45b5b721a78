import { createNode, exit, Global, isDown, monitor, receive, self, sleep, spawn } from '@coppice/core';
import { describe, expect, it } from 'vitest';

const inProcess = <T>(fn: () => Promise<T>): Promise<T> => createNode().run(fn);

describe('Global', () => {
  it('gives a name to a process that has another one only when asked to take it over [semantics 23]', async () => {
    await inProcess(async () => {
      expect(await Global.registerName('one', self())).toBe(true);
      expect(await Global.registerName('two', self())).toBe(false);
      await Global.reregisterName('two', self());
      expect(Global.whereisName('one')).toBe(self());
      expect(Global.whereisName('two')).toBe(self());
    });
  });

  it('refuses a process several names unless the caller allows it, and they go with it [otp-global-020]', async () => {
    await inProcess(async () => {
      const other = spawn(async () => sleep('infinity'));
      expect(await Global.registerName('one', other)).toBe(true);
      expect(await Global.registerName('two', other)).toBe(false);
      expect(await Global.registerName('two', other, { multiNameAction: 'allow' })).toBe(true);
      expect(await Global.registerName('two', self(), { multiNameAction: 'allow' })).toBe(false);
      expect(Global.registeredNames()).toEqual(['one', 'two']);
      await Global.unregisterName('one');
      expect(Global.whereisName('two')).toBe(other);
      monitor(other);
      exit(other, 'kill');
      await receive(isDown);
      expect(Global.registeredNames()).toEqual([]);
    });
  });

  it('moves a name from one process to another [otp-global-028]', async () => {
    await inProcess(async () => {
      const other = spawn(({ receive }) => receive());
      await Global.registerName('name', other);
      await Global.reregisterName('name', self());
      expect(Global.whereisName('name')).toBe(self());
    });
  });

  it('lets a name go in the turn in which its process ends [otp-global-008]', async () => {
    await inProcess(async () => {
      const other = spawn(async () => sleep('infinity'));
      await Global.registerName('name', other);
      monitor(other);
      exit(other, 'kill');
      await receive(isDown);
      expect(Global.whereisName('name')).toBeUndefined();
      expect(Global.registeredNames()).toEqual([]);
    });
  });

  it('refuses what is no pid [otp-global-005]', async () => {
    await inProcess(async () => {
      // @ts-expect-error a name is given to a pid
      await expect(Global.registerName('name', 'pid')).rejects.toThrow('pid must be a pid, got "pid"');
      // @ts-expect-error so is a name that is taken over
      await expect(Global.reregisterName('name', 7)).rejects.toThrow(TypeError);
      expect(Global.registeredNames()).toEqual([]);
    });
  });
});
