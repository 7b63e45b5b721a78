import {
  type Context,
  demonitor,
  ExitError,
  exit,
  isDown,
  isExit,
  link,
  type MonitorRef,
  monitor,
  type Pid,
  processInfo,
  receive,
  self,
  send,
  spawn,
  spawnLink,
  spawnMonitor,
  trapExit,
  unlink,
} from '@coppice/core';
import { simulate } from '@coppice/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Action, type Reason, type Seen, SignalModel } from './signal-model.ts';

const isSoak = import.meta.env.MODE === 'soak';
const PROGRAMS = isSoak ? 10_000 : 500;
const FIRST_PROCESSES = 3;
const MOST_PROCESSES = 9;

/** One process does these actions in one go. */
interface Burst {
  readonly actor: number;
  readonly actions: readonly Action[];
}

type Command = { readonly type: 'act'; readonly actions: readonly Action[] };
type Plain = { readonly type: 'plain'; readonly from: number; readonly n: number };

/** The same program, run by real processes. */
class Puppets {
  readonly pids: Pid<Command | Plain>[] = [];
  readonly seen: Seen[][] = [];
  /** How often `link` threw, by process. */
  readonly throws = new Map<number, number>();
  readonly #refs: MonitorRef[] = [];
  readonly #own = new Map<number, MonitorRef[]>();
  #messages = 0;

  start(how: 'plain' | 'link' | 'monitor'): void {
    const id = this.pids.length;
    this.seen.push([]);
    const body = async ({ receive }: Context<Command | Plain>): Promise<void> => {
      for (;;) {
        const message = await receive();
        if (message.type !== 'act') this.seen[id]?.push(this.#describe(message));
        else if (this.#act(id, message.actions)) return;
      }
    };
    if (how !== 'monitor') this.pids.push(how === 'link' ? spawnLink(body) : spawn(body));
    else {
      const { pid, ref } = spawnMonitor(body);
      this.pids.push(pid);
      this.#watched(self(), ref);
    }
  }

  /** True if the body is to return. */
  #act(id: number, actions: readonly Action[]): boolean {
    for (const action of actions) {
      if (action.kind === 'end' && action.how === 'return') return true;
      this.#do(id, action);
    }
    return false;
  }

  #do(id: number, action: Action): void {
    switch (action.kind) {
      case 'spawn':
        return this.start(action.how);
      case 'send':
        this.#messages += 1;
        return send(this.#pid(action.to), { type: 'plain', from: id, n: this.#messages });
      case 'link':
        return this.#link(id, action.to);
      case 'unlink':
        return unlink(this.#pid(action.to));
      case 'monitor':
        return this.#watched(self(), monitor(this.#pid(action.to)));
      case 'demonitor':
        return this.#demonitor(id, action.which, action.flush);
      case 'exit':
        return exit(this.#pid(action.to), action.reason);
      case 'trap':
        trapExit(action.on);
        return;
      case 'end':
        if (action.how === 'exit') exit('boom');
        throw new Error('error');
    }
  }

  #link(id: number, to: number): void {
    try {
      link(this.#pid(to));
    } catch (error) {
      if (!(error instanceof ExitError)) throw error;
      this.throws.set(id, (this.throws.get(id) ?? 0) + 1);
    }
  }

  #watched(pid: Pid<never>, ref: MonitorRef): void {
    const id = this.pids.indexOf(pid as Pid<Command>);
    this.#refs.push(ref);
    this.#own.set(id, [...(this.#own.get(id) ?? []), ref]);
  }

  #demonitor(id: number, which: number, flush: boolean): void {
    const own = this.#own.get(id) ?? [];
    const ref = own[which % Math.max(1, own.length)];
    if (ref !== undefined) demonitor(ref, { flush });
  }

  #describe(message: unknown): Seen {
    if (isExit(message)) return ['EXIT', this.#id(message.from), labelOf(message.reason)];
    if (isDown(message))
      return ['DOWN', this.#refs.indexOf(message.ref), this.#id(message.object), labelOf(message.reason)];
    const { from, n } = message as Plain; // nothing else is sent
    return ['message', from, n];
  }

  #pid(id: number): Pid<Command | Plain> {
    return this.pids[id] ?? expect.fail(`no process ${id}`);
  }

  #id(object: unknown): number {
    return this.pids.indexOf(object as Pid<Command>);
  }
}

function labelOf(reason: unknown): Reason {
  return reason instanceof Error ? 'error' : (reason as Reason);
}

const place = fc.nat(MOST_PROCESSES - 1);
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('spawn' as const),
      how: fc.constantFrom('plain', 'link', 'monitor'),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('send' as const), to: place }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('link' as const), to: place }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('unlink' as const), to: place }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('monitor' as const), to: place }) },
  {
    weight: 7,
    arbitrary: fc.record({ kind: fc.constant('demonitor' as const), which: fc.nat(9), flush: fc.boolean() }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('exit' as const),
      to: place,
      reason: fc.constantFrom<Reason>('normal', 'shutdown', 'kill', 'boom'),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('trap' as const), on: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('end' as const),
      how: fc.constantFrom('return', 'exit', 'throw'),
    }),
  },
);
const program: fc.Arbitrary<Burst[]> = fc.array(
  fc.record({ actor: place, actions: fc.array(action, { minLength: 1, maxLength: 6 }) }),
  { minLength: 1, maxLength: 14 },
);

/** The actions that make sense now: no process beyond those that are there, and not too many. */
function fit(actions: readonly Action[], population: number): Action[] {
  let count = population;
  return actions.flatMap((action): Action[] => {
    if ('to' in action) return [{ ...action, to: action.to % count }];
    if (action.kind !== 'spawn') return [action];
    if (count === MOST_PROCESSES) return [];
    count += 1;
    return [action];
  });
}

async function check(bursts: readonly Burst[], coverage: Map<string, number>): Promise<void> {
  const model = new SignalModel(FIRST_PROCESSES, coverage);
  await simulate(
    async ({ settle, down }) => {
      const puppets = new Puppets();
      for (let n = 0; n < FIRST_PROCESSES; n += 1) puppets.start('plain');
      await settle();
      for (const burst of bursts) {
        const actor = burst.actor % puppets.pids.length;
        const pid = puppets.pids[actor];
        if (pid === undefined || model.processes[actor]?.isAlive !== true) continue;
        const actions = fit(burst.actions, puppets.pids.length);
        model.burst(actor, actions);
        send(pid, { type: 'act', actions });
        await settle();
        for (const process of model.processes) {
          const id = puppets.pids[process.id] ?? expect.fail(`process ${process.id} was not started`);
          const info = processInfo(id);
          expect(info !== undefined, `process ${process.id} is alive`).toBe(process.isAlive);
          if (info === undefined) {
            expect(labelOf(await down(id)), `reason of process ${process.id}`).toBe(process.reason);
            continue;
          }
          expect(puppets.seen[process.id], `what process ${process.id} has seen`).toEqual(process.mailbox);
          expect(puppets.throws.get(process.id) ?? 0).toBe(process.throws);
          expect(info.trapExit).toBe(process.traps);
          expect(new Set(info.links.map((peer) => puppets.pids.indexOf(peer as Pid<Command>)))).toEqual(
            model.linksOf(process.id),
          );
          puppets.seen[process.id] = [];
          process.mailbox = [];
        }
      }
      await receive(undefined, { timeout: 0 });
    },
    { crashes: 'allowed' },
  );
}

describe('random programs', () => {
  it(
    `of ${PROGRAMS} lead to what the model says`,
    async () => {
      const coverage = new Map<string, number>();
      await fc.assert(
        fc.asyncProperty(program, (bursts) => check(bursts, coverage)),
        { numRuns: PROGRAMS, seed: 20_261_124 },
      );
      const rows = [...coverage].sort(([a], [b]) => (a < b ? -1 : 1));
      console.log(rows.map(([key, count]) => `${String(count).padStart(8)}  ${key}`).join('\n'));
      expect(rows.length).toBeGreaterThanOrEqual(35);
      if (isSoak) for (const [key, count] of rows) expect(count, key).toBeGreaterThanOrEqual(200);
    },
    isSoak ? 3_600_000 : 120_000,
  );
});
