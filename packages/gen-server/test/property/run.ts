/** Runs a random program on a real server, in virtual time, and writes down what can be observed. */
import { ExitError, exit, isAlive, self, send, sendAfter, sleep, spawn } from '@coppice/core';
import type * as Package from '@coppice/gen-server';
import type { From } from '@coppice/gen-server';
import { simulate } from '@coppice/testing';
import {
  type Action,
  limit,
  type Observation,
  type Op,
  type Outcome,
  type Program,
  reasonFor,
  TERMINATE_MS,
  timeOf,
  unique,
} from './program.ts';

/** What a request carries: what to do, and which action of the program it is. */
interface Work {
  readonly op: Op;
  readonly index: number;
}
interface Tell {
  readonly type: 'tell';
  readonly work: Work;
}
interface Ring {
  readonly type: 'ring';
  readonly index: number;
  readonly from: From<unknown>;
}

/** Runs `program` on a server made by `lib`. */
export function runProgram(lib: typeof Package, program: Program): Promise<Observation> {
  const { GenServer, continueWith, noreply, reply, stop, stopReply } = lib;
  return simulate(
    async ({ now, down }) => {
      const log: (readonly [number, string])[] = [];
      const note = (what: string): void => {
        log.push([now(), what]);
      };

      const Subject = GenServer.define('Subject', {
        init: () => 0,
        call: { work: (n, work: Work, from: From<unknown>) => act(n, work, from) as never },
        cast: { work: (n, work: Work) => act(n, work, undefined) as never },
        info: {
          tell: (n, { work }: Tell) => act(n, work, undefined) as never,
          ring: (n, { index, from }: Ring) => {
            note(`ring ${index}`);
            GenServer.reply(from, n);
            return noreply(n);
          },
          timeout: (n) => {
            note('timeout');
            return noreply(n + 1_000);
          },
          EXIT: (n) => {
            note('EXIT');
            return noreply(n);
          },
        },
        continue: {
          more: async (n, { op, index }: Work) => {
            note(`continue ${index}`);
            await sleep(unique(index, op.ms));
            return noreply(n + 10 * op.add);
          },
        },
        terminate: async (reason) => {
          note(`terminate ${textOf(reason)}`);
          if (program.terminate === 'throws') throw new Error('from terminate');
          if (program.terminate === 'slow') await sleep(TERMINATE_MS);
        },
        trapExit: program.trapExit,
      });

      /** What the server does: any of the returns that a handler has; `reply` only for a call. */
      function act(n: number, { op, index }: Work, from: From<unknown> | undefined): unknown {
        note(`${op.do} ${index}`);
        const next = n + op.add;
        const done = (step?: Package.Step): unknown =>
          from === undefined ? noreply(next, step) : reply(next, next, step);
        switch (op.do) {
          case 'add':
            return done();
          case 'slow':
            return sleep(unique(index, op.ms)).then(() => done());
          case 'later':
            if (from !== undefined)
              sendAfter(self<Ring>(), { type: 'ring', index, from }, unique(index, op.ms));
            return noreply(next);
          case 'twice':
            if (from !== undefined) GenServer.reply(from, 'first');
            return done();
          case 'continue':
            return done(continueWith('more', { op, index }));
          case 'idle':
            return done({ timeout: unique(index, op.ms) });
          case 'hibernate':
            return done('hibernate');
          case 'thrown_reply':
            throw done();
          case 'throw':
            throw new Error(reasonFor(index, 'throw'));
          case 'slow_throw':
            return sleep(unique(index, op.ms)).then(() => {
              throw new Error(reasonFor(index, 'throw'));
            });
          case 'exit':
            return exit(reasonFor(index, 'exit'));
          case 'stop':
            return stop(reasonFor(index, 'stop'), next);
          case 'stop_reply':
            return from === undefined
              ? stop(reasonFor(index, 'stop'), next)
              : stopReply(reasonFor(index, 'stop'), 'bye', next);
          case 'bad':
            return { bad: index };
        }
      }

      const server = await Subject.start();
      const outcomes: (Outcome | undefined)[] = program.actions.map(() => undefined);
      const ended: Promise<void>[] = [];

      function settle(index: number, asked: Promise<unknown>): void {
        ended.push(
          asked.then(
            (value) => {
              outcomes[index] = { at: now(), value };
            },
            (error: unknown) => {
              outcomes[index] = { at: now(), reason: reasonIn(error) };
            },
          ),
        );
      }

      function perform(action: Action, index: number): void {
        switch (action.kind) {
          case 'call': {
            const { op, timeout } = action;
            const options = { timeout: timeout === 'infinity' ? timeout : limit(index, timeout) };
            const ask = (): Promise<unknown> => Subject.call(server, 'work', { op, index }, options);
            return settle(index, action.byOther ? elsewhere(ask) : ask());
          }
          case 'cast':
            return Subject.cast(server, 'work', { op: action.op, index });
          case 'info':
            return send(server, { type: 'tell', work: { op: action.op, index } });
          case 'kill':
          case 'shutdown':
            return exit(server, action.kind);
          case 'get_state':
            return settle(index, GenServer.getState(server, 'infinity'));
          case 'suspend':
            return settle(index, GenServer.suspend(server, 'infinity'));
          case 'resume':
            return settle(index, GenServer.resume(server, 'infinity'));
          case 'replace_state': {
            const replace = (n: number): number => {
              if (action.throws) throw new Error(reasonFor(index, 'replace'));
              return n + action.add;
            };
            return settle(index, GenServer.replaceState(server, replace, 'infinity'));
          }
          case 'stop':
            return settle(index, GenServer.stop(server, action.reason));
        }
      }

      for (const [index, action] of program.actions.entries()) {
        await sleep(timeOf(index) - now());
        perform(action, index);
      }
      await sleep(timeOf(program.actions.length) - now());
      if (isAlive(server)) await GenServer.resume(server, 'infinity').catch(() => {});
      await sleep(10_000);
      await Promise.all(ended);
      const end = isAlive(server)
        ? { state: await GenServer.getState(server) }
        : { reason: textOf(await down(server)) };
      return { outcomes, log: [...log], end }; // a trapping server hears of the end of the simulation
    },
    { seed: program.seed, crashes: 'allowed' },
  );
}

/** The same from another process. */
function elsewhere(ask: () => Promise<unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    spawn(() => ask().then(resolve, reject));
  });
}

function reasonIn(error: unknown): unknown {
  return error instanceof ExitError ? textOf(error.reason) : textOf(error);
}

function textOf(reason: unknown): string {
  if (reason instanceof Error) return reason.message;
  return typeof reason === 'string' ? reason : JSON.stringify(reason);
}
