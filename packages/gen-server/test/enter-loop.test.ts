import { exit, type Pid, register, self, sleep, spawn, spawnLink, trapExit } from '@coppice/core';
import { continueWith, GenServer, noreply, reply } from '@coppice/gen-server';
import { simulate } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

const log: unknown[] = [];
const Counter = GenServer.define('Counter', {
  init: (start: number) => start,
  call: { read: (n) => reply(n, n) },
  info: { timeout: (n) => (log.push('timeout'), noreply(n)) },
  continue: { go: (n) => noreply(n + 1) },
  terminate: (reason, n) => {
    log.push([reason, n]);
  },
});

describe('GenServer.enterLoop', () => {
  it('makes a server of a process, by every kind of name, with what comes first [otp-gs-022]', () =>
    simulate(async () => {
      log.length = 0;
      for (const name of ['local', { global: 'g' }] as const) {
        spawn(() => GenServer.enterLoop(Counter, 5, { name, step: continueWith('go') }), { name });
        expect(await Counter.call(name, 'read')).toBe(6);
        await GenServer.stop(name);
      }
      spawn(() => GenServer.enterLoop(Counter, 5, { step: { timeout: 10 } }));
      await sleep(20);
      expect(log).toEqual([['normal', 6], ['normal', 6], 'timeout']);
    }));

  it('ends it with its parent, if it traps exits [otp-gs-022] [otp-gs-023] [otp-gs-024]', () =>
    simulate(async ({ down }) => {
      for (const name of ['parent', { global: 'parent' }] as const) {
        log.length = 0;
        let server: Pid<never> | undefined;
        const parent = spawn(
          async () => {
            server = spawnLink(async () => {
              trapExit(true);
              await GenServer.enterLoop(Counter, 5);
            });
            await sleep(1);
            exit('shutdown');
          },
          { name },
        );
        await down(parent);
        if (server === undefined) throw new Error('not started');
        expect(await down(server)).toBe('shutdown');
        expect(log).toEqual([['shutdown', 5]]);
      }
    }));

  it('checks that the name is its own [otp-gs-025]', () =>
    simulate(
      async ({ down }) => {
        register(self(), 'mine');
        const via = { registerName: () => true, unregisterName: () => {}, whereisName: () => undefined };
        const claims = [
          ['mine', 'process_not_registered'],
          ['nobody', 'process_not_registered'],
          [{ global: 'g' }, 'process_not_registered_globally'],
          [{ via, key: 1 }, 'process_not_registered_via'],
        ] as const;
        for (const [name, reason] of claims) {
          expect(await down(spawn(() => GenServer.enterLoop(Counter, 5, { name })))).toBe(reason);
        }
      },
      { crashes: 'allowed' },
    ));

  it('rejects for what can’t be', () =>
    simulate(async () => {
      const server = await Counter.start(1);
      await expect(GenServer.enterLoop({} as never, 5)).rejects.toThrow(/made by GenServer.define/);
      await expect(GenServer.enterLoop(Counter, 5, { step: { timeout: -1 } })).rejects.toThrow(/step/);
      await expect(GenServer.enterLoop(Counter, 5, { hibernateAfter: -1 })).rejects.toThrow(RangeError);
      expect(await Counter.call(server, 'read')).toBe(1);
    }));
});
