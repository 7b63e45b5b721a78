import { createNode, Global, self, spawn } from '@coppice/core';
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

  it('moves a name from one process to another', async () => {
    await inProcess(async () => {
      const other = spawn(({ receive }) => receive());
      await Global.registerName('name', other);
      await Global.reregisterName('name', self());
      expect(Global.whereisName('name')).toBe(self());
    });
  });
});
