import { connect, createServer } from 'node:net';
import {
  exit,
  exitStray,
  isExit,
  own,
  receive,
  self,
  send,
  sleep,
  spawn,
  spawnLink,
  subscribe,
  trapExit,
} from '@coppice/core';
import { onNode } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { runProgram } from './run-program.ts';

// The host's handlers of uncaught errors run in the async context of what threw: what they would call is called there.
describe('exitStray', () => {
  it(
    'ends the process whose timer threw, traps or not, as a throw in its body would',
    onNode(async ({ down, expectCrash }) => {
      expectCrash('in a timer');
      const error = new Error('in a timer');
      const answers: boolean[] = [];
      trapExit(true);
      const pid = spawnLink(async () => {
        trapExit(true);
        setTimeout(() => answers.push(exitStray(error)), 1);
        await sleep('infinity');
      });
      expect(await down(pid)).toBe(error);
      expect(await receive(isExit)).toMatchObject({ from: pid, reason: error });
      expect(answers).toEqual([true]);
    }),
  );

  it(
    'ends the process that listens for what the listener of a connection throws, and what it owns is closed',
    onNode(async ({ down, expectCrash }) => {
      expectCrash('in a listener');
      const parent = self<{ readonly port: number }>();
      const server = createServer(() => exitStray(new Error('in a listener')));
      const pid = spawn(async () => {
        own(server).listen(0, () => {
          const address = server.address();
          if (typeof address === 'object' && address !== null) send(parent, { port: address.port });
        });
        await sleep('infinity');
      });
      const { port } = await receive<{ readonly port: number }>();
      own(connect(port));
      expect(await down(pid)).toEqual(new Error('in a listener'));
      expect(server.listening).toBe(false);
    }),
  );

  it(
    'takes an exit in a timer for what it is',
    onNode(async ({ down }) => {
      const pid = spawn(async () => {
        setTimeout(() => {
          try {
            exit('enough');
          } catch (error) {
            exitStray(error);
          }
        }, 1);
        await sleep('infinity');
      });
      expect(await down(pid)).toBe('enough');
    }),
  );

  it(
    'tells what the code of a dead process throws, but for what only stops it',
    onNode(async ({ down }) => {
      const answers: boolean[] = [];
      const told: unknown[] = [];
      const detach = subscribe('coppice.process.late_error', (event) => told.push(event));
      const error = new Error('too late');
      let finish = (): void => {};
      const asked = new Promise<void>((resolve) => {
        finish = resolve;
      });
      const pid = spawn(({ signal }) => {
        setTimeout(() => {
          try {
            self();
          } catch (stopped) {
            const aborted = new Error('aborted', { cause: signal.reason });
            const all = new AggregateError([stopped, new Error('wrapped', { cause: aborted })]);
            answers.push(exitStray(stopped), exitStray(aborted), exitStray(all));
          }
          answers.push(exitStray(error));
          finish();
        }, 5);
      });
      expect(await down(pid)).toBe('normal');
      await asked;
      detach();
      expect(answers).toEqual([true, true, true, true]);
      expect(told).toEqual([{ pid, error }]);
    }),
  );

  it('of an immediate leaves the scheduler going: the host runs other immediates before what the handler has queued', () => {
    const { stdout } = runProgram('stray-immediate');
    const lines = Array.from({ length: 10 }, (_, n) => `Error: immediate ${n}\n`);
    expect(stdout).toBe(lines.join(''));
  });

  it('leaves what is no process of its own to the host', () => {
    expect(exitStray(new Error('top level'))).toBe(false);
  });
});
