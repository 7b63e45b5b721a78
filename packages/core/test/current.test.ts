import { bindSelf, createNode, type Pid, self, spawn } from '@coppice/core';
import { expect, it } from 'vitest';

it('a body stays who it is when its first part calls a function that is bound to another process', async () => {
  await createNode().run(async (context) => {
    let whoAmI: (() => unknown) | undefined;
    const other = spawn(async ({ receive }) => {
      whoAmI = bindSelf(() => self());
      await receive();
    });
    await new Promise((resolve) => setImmediate(resolve));
    const seen = await new Promise<unknown[]>((resolve) => {
      const pid: Pid<never> = spawn(() => resolve([whoAmI?.(), self() === pid]));
    });
    expect(seen).toEqual([other, true]);
    expect(self()).toBe(context.self);
  });
});
