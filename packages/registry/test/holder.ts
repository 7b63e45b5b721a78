import { type Context, type Pid, receive, run, self, send, spawn } from '@coppice/core';
import { Registry } from '@coppice/registry';

type AnyName =
  | ReturnType<typeof Registry.unique<unknown, unknown>>
  | ReturnType<typeof Registry.duplicate<unknown, unknown>>;

/** A process that has registered under a key, and waits. */
export async function holder(registry: AnyName, key: unknown, ...values: unknown[]): Promise<Pid<never>> {
  const parent = self<Pid<never>>();
  const pid = spawn(async ({ self, receive }: Context<never>) => {
    for (const value of values) Registry.register(registry, key, value);
    send(parent, self);
    await receive();
  });
  await receive((message): message is Pid<never> => message === pid);
  return pid;
}

/** Runs `fn` in a process of its own, and gives what it gives. */
export const elsewhere = run;
