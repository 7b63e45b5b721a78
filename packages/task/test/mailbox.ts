import { receive } from '@coppice/core';

/** All that lies in the mailbox of the calling process, taken out. */
export async function mailbox(): Promise<unknown[]> {
  const messages: unknown[] = [];
  for (;;) {
    const message = await receive(undefined, { timeout: 0 });
    if (message === undefined) return messages;
    messages.push(message);
  }
}
