import { type ExitReason, isExit, receive, spawn, spawnLink, trapExit } from '@coppice/core';
import { formatReport, Supervisor } from '@coppice/supervisor';
import { simulated } from '@coppice/testing';
import { describe, expect, it, vi } from 'vitest';

/** The line for a child that ended so; pids are left out. */
function line(reason: ExitReason, id: unknown = 'worker'): string {
  const child = { id, pid: undefined, restart: 'permanent', shutdown: 5_000, type: 'worker' } as const;
  const text = formatReport({
    supervisor: spawn(() => {}),
    name: undefined,
    module: 'Supervisor',
    report: 'child_terminated',
    reason,
    child: { ...child, significant: false, modules: [] },
    strategy: 'one_for_one',
    restarts: 1,
    maxRestarts: 3,
    maxSeconds: 5,
    action: 'remove',
  });
  return text.replace(/ #PID<[^>]*>/, '');
}

describe('formatReport', () => {
  it.each<[string, ExitReason, string]>([
    ['an error by its class and message', new RangeError('boom'), 'RangeError: boom'],
    ['a value that was thrown as in the report of the crash', { nocatch: 'a string' }, '(throw) a string'],
    ['anything else as a value', ['noproc', { id: 1 }], '["noproc",{"id":1}]'],
  ])('tells %s', (_, reason, told) =>
    simulated(() => {
      expect(line(reason)).toBe(`Supervisor: child worker ended: ${told}; it is removed`);
    })(),
  );

  it(
    'names a child by its name, of whatever kind that is',
    simulated(() => {
      const via = { registerName: () => true, unregisterName: () => {}, whereisName: () => undefined };
      expect(line('normal', { via, key: 7 })).toContain('child { via, key: 7 } ended');
      expect(line('normal', { global: 'w' })).toContain('child { global: "w" } ended');
    }),
  );

  it(
    'lets nothing in a reason or id pass for a report of its own, or change what the terminal shows',
    simulated(() => {
      const forged = 'a\nprocess #PID<0.1.0> crashed: b\r\u001B[2K\u009B\t';
      const written = 'a\n  process #PID<0.1.0> crashed: b\\u000d\\u001b[2K\\u009b\t';
      const told = `Supervisor: child ${written} ended: ${written}; it is removed`;
      expect(line(forged, forged)).toBe(told);
      expect(line(new Error(forged), forged)).toBe(told.replace('ended: ', 'ended: Error: '));
      expect(line({ nocatch: forged }, forged)).toBe(told.replace('ended: ', 'ended: (throw) '));
    }),
  );
});

describe('the end of a supervisor, without a listener', () => {
  it.each([
    [
      'whose child ends too often',
      3,
      'ended: (throw) broken; the supervisor ends, restart 3 of at most 2 in 5 s',
    ],
    [
      'whose restarts fail too often',
      1,
      'ended too often: reached_max_restart_intensity; the supervisor ends, restart 3 of at most 2 in 5 s',
    ],
  ])('%s is told once', (_, starts, told) =>
    simulated(
      async () => {
        const print = vi.spyOn(console, 'error').mockImplementation(() => {});
        trapExit(true);
        let count = 0;
        const start = async () => {
          count += 1;
          if (count > starts) throw new Error('no restart');
          return spawnLink(() => Promise.reject('broken'));
        };
        const flags = { strategy: 'one_for_one', maxRestarts: 2 } as const;
        await Supervisor.startLink([{ id: 'worker', start }], flags);
        expect(await receive(isExit)).toMatchObject({ reason: 'shutdown' });
        const ends = print.mock.calls.map(String).filter((line) => line.includes('the supervisor ends'));
        print.mockRestore();
        expect(ends).toEqual([expect.stringContaining(told)]);
      },
      { crashes: 'allowed' },
    )(),
  );
});
