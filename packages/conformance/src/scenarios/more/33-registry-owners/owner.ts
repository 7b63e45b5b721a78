/** A process that owns entries. */
import { type Context, context, isExit, type Pid, self, send, spawn, trapExit } from '@coppice/core';
import { ofType } from '../../../oracle.ts';

interface Do {
  readonly type: 'do';
  readonly fn: () => unknown;
}
interface Did {
  readonly type: 'did';
  readonly value: unknown;
}
export type Owner = Pid<unknown>;

const isDo = ofType<Do>('do');
const isDid = ofType<Did>('did');

/** A process that runs what it is asked to; one that traps exits tells of those it hears. */
export function other(traps = false): Owner {
  const me = self<unknown>();
  return spawn<unknown>(async ({ receive }: Context<unknown>) => {
    trapExit(traps);
    for (;;) {
      const message = await receive();
      if (message === 'stop') return;
      if (isDo(message)) send(me, { type: 'did', value: message.fn() });
      else if (isExit(message)) send(me, ['exit_heard', message.reason]);
    }
  });
}

export async function ask(pid: Owner, fn: () => unknown): Promise<unknown> {
  send(pid, { type: 'do', fn });
  return (await context<unknown>().receive(isDid)).value;
}
