import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { bindSelf, createNode, type Pid, ProcLib, receive, self, send, spawn } from '@coppice/core';
import { onNode } from '@coppice/testing';
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

it(
  'a callback of a behaviour stays who it is, whatever else is entered within it, and after it the caller does [semantics 46]',
  onNode(async () => {
    const me = self<readonly unknown[]>();
    const bound = bindSelf(() => self());
    const boundByNode = AsyncResource.bind(() => self());
    const inSnapshot = AsyncLocalStorage.snapshot();
    const own = new AsyncLocalStorage<string>();
    const pid = await ProcLib.start({
      module: 'Asked',
      init: () => {},
      handle: async () => {
        const seen: unknown[] = [
          self(),
          bound(),
          self(),
          boundByNode(),
          self(),
          inSnapshot(() => self()),
          self(),
        ];
        seen.push(own.run('a store of its own', () => self()));
        seen.push(
          new AsyncResource('another').runInAsyncScope(() => self()),
          self(),
        );
        await Promise.resolve();
        seen.push(self(), bound(), self());
        send(me, seen);
      },
    });
    send(pid as Pid<'ask'>, 'ask');
    expect(self()).toBe(me);
    expect(await receive()).toEqual([pid, me, pid, me, pid, me, pid, pid, pid, pid, pid, me, pid]);
    expect([self(), bound(), self()]).toEqual([me, me, me]);
  }),
);

it(
  'callbacks of two behaviours, one inside the other, are each who they are',
  onNode(async () => {
    const seen: unknown[] = [];
    const me = self<'done'>();
    let inner: (() => unknown) | undefined;
    const first = await ProcLib.start({
      module: 'Inner',
      init: () => {
        inner = bindSelf(() => self());
      },
      handle: () => {},
    });
    const second = await ProcLib.start({
      module: 'Outer',
      init: () => {},
      handle: () => {
        seen.push(self(), inner?.(), self());
        setImmediate(() => {
          seen.push(self(), inner?.(), self());
          send(me, 'done');
        });
      },
    });
    send(second as Pid<'go'>, 'go');
    await receive();
    expect(seen).toEqual([second, first, second, second, first, second]);
  }),
);
