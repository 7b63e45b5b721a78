/** Random programs of lockers, beside a model of what each of them holds and waits for. */
import { type Context, exit, Global, type Pid, self, send, sleep, spawn } from '@coppice/core';
import { simulate } from '@coppice/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

interface Action {
  readonly kind: 'try' | 'wait' | 'unlock' | 'kill';
  readonly locker: number;
  readonly resourceId: number;
  readonly lockRequesterId: number;
}

const LOCKERS = 4;
const program = fc.array(
  fc.record<Action>({
    kind: fc.constantFrom('try', 'wait', 'wait', 'unlock', 'unlock', 'kill'),
    locker: fc.nat(LOCKERS - 1),
    resourceId: fc.nat(1),
    lockRequesterId: fc.nat(2),
  }),
  { maxLength: 30 },
);

/** Who holds a lock, for whom, and who waits for it, in order. */
class Model {
  readonly #held = new Map<number, { readonly requester: number; readonly holders: Set<number> }>();
  #waiting: Action[] = [];
  readonly log: string[] = [];

  perform(action: Action): void {
    const { kind, locker, resourceId: resource, lockRequesterId: requester } = action;
    switch (kind) {
      case 'kill':
        this.#waiting = this.#waiting.filter((waiting) => waiting.locker !== locker);
        for (const held of [...this.#held.keys()]) this.#release(held, locker);
        return;
      case 'unlock':
        if (this.#held.get(resource)?.requester === requester) this.#release(resource, locker);
        return;
      case 'try':
      case 'wait': {
        const held = this.#held.get(resource) ?? { requester, holders: new Set<number>() };
        const isGranted = held.requester === requester;
        if (isGranted) this.#held.set(resource, { ...held, holders: held.holders.add(locker) });
        else if (kind === 'wait') this.#waiting.push(action);
        if (isGranted || kind === 'try') this.log.push(`${entry(action)} ${isGranted}`);
      }
    }
  }

  isWaiting(locker: number): boolean {
    return this.#waiting.some((waiting) => waiting.locker === locker);
  }

  #release(resource: number, locker: number): void {
    const holders = this.#held.get(resource)?.holders;
    if (holders?.delete(locker) !== true || holders.size > 0) return;
    this.#held.delete(resource);
    const waiting = this.#waiting.filter(({ resourceId }) => resourceId === resource);
    this.#waiting = this.#waiting.filter((other) => !waiting.includes(other));
    for (const action of waiting) this.perform(action);
  }
}

function entry({ locker, resourceId, lockRequesterId }: Action): string {
  return `locker ${locker}: ${resourceId} for ${lockRequesterId}`;
}

/** A process that does what it is told, and tells what came of it. */
function startLocker(owner: Pid<string>): Pid<Action> {
  return spawn<Action>(async (context) => {
    for (;;) {
      const action = await context.receive();
      const { kind, ...id } = action;
      if (kind === 'unlock') await Global.delLock(id);
      else lockAndTell(owner, action).catch(() => {}); // it may be killed meanwhile
    }
  });
}

async function lockAndTell(owner: Pid<string>, action: Action): Promise<void> {
  const isGranted = await Global.setLock(action, action.kind === 'try' ? { retries: 0 } : {});
  send(owner, `${entry(action)} ${isGranted}`);
}

/** In the order of a program that is not under test: who came first is served first there, which no order of processes promises. */
async function run(actions: readonly Action[]): Promise<readonly string[]> {
  const log: string[] = [];
  await simulate(async (_simulation, context: Context<string>) => {
    const owner = self<string>();
    const lockers = Array.from({ length: LOCKERS }, () => startLocker(owner));
    for (const action of actions) {
      const locker = lockers[action.locker];
      if (locker === undefined) throw new Error('there is no such locker');
      if (action.kind === 'kill') {
        exit(locker, 'kill');
        lockers[action.locker] = startLocker(owner);
      } else send(locker, action);
      await sleep(1);
      log.push(...(await mailbox(context)));
    }
  });
  return log;
}

async function mailbox(context: Context<string>): Promise<readonly string[]> {
  const messages: string[] = [];
  for (;;) {
    const message = await context.receive(undefined, { timeout: 0 });
    if (message === undefined) return messages;
    messages.push(message);
  }
}

describe('random programs of lockers', () => {
  it('hold and get what the model says', async () => {
    const outcomes = new Map<string, number>();
    const property = fc.asyncProperty(program, async (actions) => {
      const model = new Model();
      // As on the BEAM a process waits for one lock at a time: two waits of one end in a turn each, and another process's between them.
      const performed = actions.filter((action) => {
        if (action.kind === 'wait' && model.isWaiting(action.locker)) return false;
        model.perform(action);
        return true;
      });
      const log = await run(performed);
      for (const line of log) outcomes.set(line.slice(-5), (outcomes.get(line.slice(-5)) ?? 0) + 1);
      expect(log).toEqual(model.log);
    });
    await fc.assert(property, { numRuns: 300 });
    expect(outcomes.size).toBe(2);
  });
});
