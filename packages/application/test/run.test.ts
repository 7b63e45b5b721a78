import { Application } from '@coppice/application';
import { exit, type Pid, processTree, sleep, whereis } from '@coppice/core';
import { GenServer } from '@coppice/gen-server';
import { Supervisor } from '@coppice/supervisor';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import type { Host } from '../src/host.ts';
import { type RunOptions, startProgram } from '../src/run.ts';
import { app, Log, reports } from './apps.ts';

/** A machine whose signals the test sends, and whose end is a line of the log. */
class TestHost implements Host {
  readonly #log: Log;
  #listener: (signal: string, number: number) => void = () => {};
  text = '';

  constructor(log: Log) {
    this.#log = log;
  }

  signal(signal: 'SIGTERM' | 'SIGINT'): void {
    this.#listener(signal, signal === 'SIGTERM' ? 15 : 2);
  }

  onSignal(listener: (signal: string, number: number) => void): void {
    this.#listener = listener;
  }

  ownStrayErrors(): void {}

  write(text: string): void {
    this.text += `${text}\n`;
  }

  exit(code: number, atOnce: boolean): void {
    this.#log.add(atOnce ? `exit ${code} at once` : `exit ${code}`);
  }
}

/** `top`, which depends on `base`, as a program. */
async function program(options: RunOptions = {}, overrides: Parameters<typeof app>[2] = {}) {
  const log = new Log();
  const host = new TestHost(log);
  const base = app(log, 'base');
  const top = app(log, 'top', { applications: [base], ...overrides });
  const pid = startProgram(top, options, host);
  await sleep(1);
  return { log, host, top, base, pid };
}

const STOPPED = 'prep top, -top, stop top, prep base, -base, stop base';

describe('a program', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'starts all, stops all in order at %s, and ends with 0 [semantics 91]',
    (signal) =>
      simulated(async ({ down }) => {
        const { log, host, pid } = await program();
        expect(log.take()).toBe('+base, +top');
        expect(Application.health()).toEqual({ live: true, ready: true, why: [] });
        host.signal(signal);
        expect(await down(pid)).toBe('normal');
        expect(log.take()).toBe(`${STOPPED}, exit 0`);
        expect(Application.health()).toMatchObject({ live: true, ready: false });
      })(),
  );

  it(
    'is not ready, but alive, while it stops, and starts nothing more [semantics 92]',
    simulated(async ({ down }) => {
      const seen: unknown[] = [];
      const other = app(new Log(), 'other');
      const { host, pid } = await program(
        {},
        {
          prepStop: async () => {
            seen.push(Application.health(), await Application.start(other).catch((error: unknown) => error));
          },
        },
      );
      host.signal('SIGTERM');
      await down(pid);
      expect(seen).toEqual([
        { live: true, ready: false, why: ['stopping: SIGTERM'] },
        expect.objectContaining({
          reason: 'stopping',
          message: 'cannot start application other: the program, or who asks for it, is being stopped',
        }),
      ]);
    }),
  );

  it(
    'waits for what a prepStop finishes, within the shutdown time [semantics 92]',
    simulated(async ({ down, now }) => {
      const { log, host, pid } = await program({ shutdownTimeout: 5_000 }, { prepStop: () => sleep(4_000) });
      log.take();
      host.signal('SIGTERM');
      await down(pid);
      expect(log.take()).toBe('-top, stop top, prep base, -base, stop base, exit 0');
      expect(now()).toBe(4_001);
    }),
  );

  it(
    'that does not stop in time ends with 1 and says what has not [semantics 92]',
    simulated(async ({ down, now }) => {
      const { log, host, pid } = await program({}, { prepStop: () => sleep('infinity') });
      log.take();
      host.signal('SIGTERM');
      await down(pid);
      expect(now()).toBe(10_001);
      expect(log.take()).toBe('exit 1');
      expect(host.text).toMatch(/^not stopped within 10000 ms:\n {2}top #PID.* application_master\n/);
      expect(host.text).toContain('base.sup #PID');
    }),
  );

  it(
    'whose process has a name that looks like a report says so in no line of its own',
    simulated(
      async ({ down }) => {
        const name = 'web\napplication top ended\u001b[31m';
        const hangs = GenServer.define('Hangs', { init: () => sleep('infinity') });
        const tree = [hangs.childSpec(undefined, { name })];
        const start = (): Promise<Pid<never>> => Supervisor.startLink(tree, { strategy: 'one_for_one' });
        const { host, pid } = await program({}, { start });
        host.signal('SIGTERM');
        await down(pid);
        expect(host.text).toMatch(/web\n {2}application top ended\\u001b\[31m #PID.* Hangs/);
      },
      { crashes: 'allowed' },
    ),
  );

  it(
    'whose start hangs when it is to stop says which process has not stopped',
    simulated(
      async ({ down }) => {
        const hangs = GenServer.define('Hangs', { init: () => sleep('infinity') });
        const tree = [hangs.childSpec(undefined, { name: 'database' })];
        const start = (): Promise<Pid<never>> => Supervisor.startLink(tree, { strategy: 'one_for_one' });
        const { host, pid } = await program({}, { start });
        host.signal('SIGTERM');
        await down(pid);
        expect(host.text).toMatch(
          /^ {2}top #PID.* application_master.*\n.* Supervisor.*\n {2}└─ database #PID.* Hangs/m,
        );
      },
      { crashes: 'allowed' },
    ),
  );

  it(
    'ends with 1 when the process that runs it is killed: nobody would hear a signal any more',
    simulated(async ({ down }) => {
      const { log, host, pid } = await program();
      log.take();
      exit(pid, 'kill');
      await down(pid);
      expect(log.take()).toBe('exit 1');
      expect(host.text).toBe(`the process ${pid} that runs application top ended: killed\n`);
    }),
  );

  it(
    'waits for ever if it may',
    simulated(async ({ down, now }) => {
      const { log, host, pid } = await program(
        { shutdownTimeout: 'infinity' },
        { prepStop: () => sleep(1e9) },
      );
      host.signal('SIGTERM');
      await down(pid);
      expect(now()).toBe(1e9 + 1);
      expect(log.take()).toMatch(/exit 0$/);
    }),
  );

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('ends at once at the second signal, %s', (signal, code) =>
    simulated(async ({ down, now }) => {
      const { log, host, pid } = await program({}, { prepStop: () => sleep('infinity') });
      log.take();
      host.signal('SIGTERM');
      await sleep(10);
      host.signal(signal);
      await down(pid);
      expect(log.take()).toBe(`exit ${code} at once`);
      expect(now()).toBe(11);
    })(),
  );

  it(
    'that is told to stop while it starts ends what has been started, in order, and with 0',
    simulated(async ({ down, now }) => {
      const log = new Log();
      const { host, pid } = await program(
        {},
        {
          start: async () => {
            await Supervisor.startLink([], { strategy: 'one_for_one', name: 'half' });
            log.add('half');
            return sleep('infinity') as never;
          },
        },
      );
      expect(log.take()).toBe('half');
      expect(whereis('half')).toBeDefined();
      expect(Application.health().why).toEqual(['application top is being started']);
      host.signal('SIGTERM');
      await down(pid);
      expect(whereis('half')).toBeUndefined();
      expect(now()).toBe(1);
      expect(processTree()).not.toContain('application_master');
    }),
  );

  it.each([
    ['permanent', 'normal', 1],
    ['permanent', 'shutdown', 1],
    ['transient', 'normal', 0],
    ['transient', 'shutdown', 1],
    ['temporary', 'normal', 0],
    ['temporary', 'shutdown', 0],
    ['temporary', 'crash', 1],
  ] as const)('that is %s and ends by itself with %s ends with exit code %i', (restart, reason, code) =>
    simulated(
      async ({ down }) => {
        const { log, pid } = await program({ restart });
        log.take();
        await Supervisor.stop('top.sup', reason).catch(() => {});
        expect(await down(pid)).toBe('normal');
        expect(log.take()).toBe(`-top, prep top, stop top, prep base, -base, stop base, exit ${code}`);
      },
      { crashes: 'allowed' },
    )(),
  );

  it(
    'ends with 0 when its application is stopped by its own code',
    simulated(async ({ down }) => {
      const { log, pid, top } = await program();
      log.take();
      await Application.stop(top);
      await down(pid);
      expect(log.take()).toBe(`${STOPPED}, exit 0`);
    }),
  );

  it(
    'goes on when a temporary one that it needs ends',
    simulated(async ({ down }) => {
      const { log, pid, host } = await program({ restart: 'temporary' });
      log.take();
      await Supervisor.stop('base.sup', 'shutdown');
      await sleep(1);
      expect(log.take()).toBe('-base, prep base, stop base');
      host.signal('SIGTERM');
      await down(pid);
      expect(log.take()).toBe('prep top, -top, stop top, exit 0');
    }),
  );

  it.each(['permanent', 'transient', 'temporary'] as const)(
    'that is %s and does not start ends with 1',
    (restart) =>
      simulated(
        async ({ down }) => {
          const { log, host, pid } = await program({ restart }, { start: () => exit('nope') });
          await down(pid);
          await sleep(1);
          expect(log.take()).toBe('+base, prep base, -base, stop base, exit 1');
          // The controller reports it; and of one that takes the node down nothing more is to be said.
          expect(host.text).toBe(
            restart === 'temporary'
              ? 'nothing is left to run without application top: the program ends\n'
              : '',
          );
        },
        { crashes: 'allowed' },
      )(),
  );

  it(
    'that can not be configured reports why and ends with 1',
    simulated(async ({ down }) => {
      const log = new Log();
      const host = new TestHost(log);
      const bad = Application.define('bad', {
        schema: {
          '~standard': {
            version: 1,
            vendor: 'test',
            validate: () => ({ issues: [{ message: 'no', path: ['port'] }] }),
          },
        },
        start: () => exit('never'),
      });
      await down(startProgram(app(log, 'top', { applications: [bad] }), {}, host));
      expect(reports.at(-1)).toMatchObject({
        application: 'bad',
        report: 'start_error',
        reason: { message: "the configuration of application bad can't be: port: no" },
        action: 'terminate',
      });
      expect(host.text).toBe('');
      expect(log.take()).toBe('exit 1');
    }),
  );

  it(
    'refuses options that can not be',
    simulated(() => {
      const top = app(new Log(), 'top');
      const host = new TestHost(new Log());
      expect(() => startProgram(top, { shutdownTimeout: -1 }, host)).toThrow(RangeError);
      expect(() => startProgram(top, { shutdownTimeout: '5s' as never }, host)).toThrow(TypeError);
      expect(() => startProgram(top, { restart: 'always' as never }, host)).toThrow('restart must be');
    }),
  );
});
