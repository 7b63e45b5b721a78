import {
  AlreadyStartedError,
  exit,
  isAlive,
  isDown,
  isExit,
  monitor,
  processInfo,
  receive,
  StartError,
  self,
  sleep,
  spawn,
  trapExit,
  whereis,
} from '@coppice/core';
import { GenServer } from '@coppice/gen-server';
import { reply } from '@coppice/gen-statem';
import { Supervisor } from '@coppice/supervisor';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { Probe, probes } from './probe.ts';

const answer = { type: 'do', run: () => reply('answered') };
const unknown = { type: 'unheard_of' };

describe('start', () => {
  it(
    'starts without a name, answers, ignores what it does not know, and stops [otp-statem-001] [otp-statem-014]',
    simulated(async ({ down }) => {
      for (const Each of probes) {
        const pid = await Each.start();
        expect(await Each.call(pid, answer)).toBe('answered');
        await Each.call(pid, unknown);
        expect(await Each.call(pid, answer)).toBe('answered');
        await GenServer.stop(pid);
        expect(await down(pid)).toBe('normal');
        await expect(Each.call(pid, answer)).rejects.toMatchObject({ reason: 'noproc' });
      }
    }),
  );

  it(
    'ends with the supervisor that started it [otp-statem-002] [otp-statem-015]',
    simulated(async ({ down }) => {
      trapExit(true);
      for (const Each of probes) {
        const supervisor = await Supervisor.startLink([Each.childSpec(undefined, { name: 'child' })], {
          strategy: 'one_for_one',
        });
        const [child] = await Supervisor.whichChildren(supervisor);
        expect(child).toMatchObject({ id: 'child', child: whereis('child'), modules: [Each.module] });
        const pid = whereis('child');
        if (pid === undefined) throw new Error('no child');
        await Supervisor.stop(supervisor, 'shutdown');
        expect(await down(pid)).toBe('shutdown');
      }
    }),
  );

  it(
    'gives up on a start that takes too long [otp-statem-003] [otp-statem-016]',
    simulated(async ({ now }) => {
      for (const Each of probes) {
        const before = now();
        const slow = { name: 'slow', timeout: 1_000, snapshot: async () => (await sleep(60_000), undefined) };
        await expect(Each.start(undefined, slow)).rejects.toMatchObject({ reason: 'timeout' });
        expect(now() - before).toBe(1_000);
        expect(whereis('slow')).toBeUndefined();
      }
    }),
  );

  it(
    'rejects with what the first state throws, and frees the name [otp-statem-005] [otp-statem-018]',
    simulated(async ({ expectCrash }) => {
      for (const Each of probes) {
        const boom = new Error('no key');
        expectCrash('no key');
        const started = Each.start(
          () => {
            throw boom;
          },
          { name: 'bad' },
        );
        await expect(started).rejects.toMatchObject({ reason: boom });
        await expect(started).rejects.toBeInstanceOf(StartError);
        expect(whereis('bad')).toBeUndefined();
        await expect(Each.start(() => exit('shutdown'))).rejects.toMatchObject({ reason: 'shutdown' });
        expectCrash(() => true);
        await expect(
          Each.start(() => {
            throw 'text';
          }),
        ).rejects.toMatchObject({ reason: { nocatch: 'text' } });
      }
    }),
  );

  it(
    'is linked to who started it: its exit reaches that process, and the other way round [otp-statem-006] [otp-statem-019]',
    simulated(async ({ down, expectCrash }) => {
      for (const Each of probes) {
        trapExit(true);
        const pid = await Each.startLink();
        expectCrash('bad day');
        const boom = new Error('bad day');
        Each.cast(pid, {
          type: 'do',
          run: () => {
            throw boom;
          },
        });
        expect(await receive(isExit)).toMatchObject({ from: pid, reason: boom });
        const names = `child ${Each.module}`;
        const parent = spawn(async () => {
          await Each.startLink(undefined, { name: names });
          await sleep(10);
          exit('done');
        });
        await sleep(1);
        const child = whereis(names);
        if (child === undefined) throw new Error('no child');
        await down(parent);
        expect(await down(child)).toBe('done');
        trapExit(false);
      }
    }),
  );

  it(
    'takes a global name, with a link or a monitor, once [otp-statem-007] [otp-statem-010] [otp-statem-020] [otp-statem-023]',
    simulated(async ({ down }) => {
      for (const Each of probes) {
        const name = Each.name({ global: 'g' });
        const pid = await Each.startLink(undefined, { name });
        expect(await Each.call(name, answer)).toBe('answered');
        await expect(Each.start(undefined, { name })).rejects.toBeInstanceOf(AlreadyStartedError);
        await expect(Each.startMonitor(undefined, { name })).rejects.toMatchObject({ pid });
        await GenServer.stop(name);
        const monitored = await Each.startMonitor(undefined, { name });
        expect(await Each.call({ global: 'g' }, answer)).toBe('answered');
        await GenServer.stop({ global: 'g' }, 'shutdown');
        expect(await receive(isDown)).toMatchObject({
          reason: 'shutdown',
        });
        expect(await down(monitored.pid)).toBe('shutdown');
      }
    }),
  );

  it(
    'takes a local name, with a link or a monitor [otp-statem-008] [otp-statem-009] [otp-statem-021] [otp-statem-022]',
    simulated(async () => {
      for (const Each of probes) {
        const name = Each.name('here');
        const pid = await Each.start(undefined, { name });
        expect(whereis('here')).toBe(pid);
        expect(await Each.call('here', answer)).toBe('answered');
        await expect(Each.startLink(undefined, { name })).rejects.toMatchObject({
          code: 'already_started',
          pid,
        });
        await GenServer.stop('here');
        await Each.startLink(undefined, { name });
        Each.cast(name, unknown);
        expect(await Each.call(name, answer)).toBe('answered');
        await GenServer.stop(name);
        await Each.startMonitor(undefined, { name });
        await GenServer.stop(name);
        expect(await receive(isDown)).toMatchObject({ reason: 'normal' });
      }
    }),
  );

  it(
    'takes a via name, with a link [otp-statem-012] [otp-statem-025]',
    simulated(async () => {
      for (const Each of probes) {
        const via = makeVia();
        const name = Each.name({ via, key: 'k' });
        const pid = await Each.startLink(undefined, { name });
        expect(via.whereisName('k')).toBe(pid);
        expect(await Each.call(name, answer)).toBe('answered');
        await expect(Each.start(undefined, { name })).rejects.toMatchObject({ pid });
        await GenServer.stop(name);
      }
    }),
  );

  it(
    'stops by every kind of name [otp-statem-011] [otp-statem-024]',
    simulated(async ({ down }) => {
      for (const Each of probes) {
        for (const name of ['local', { global: 'g' }, { via: makeVia(), key: 'k' }, Each.name('typed')]) {
          const pid = await Each.start(undefined, { name });
          await GenServer.stop(name);
          expect(await down(pid)).toBe('normal');
        }
      }
    }),
  );

  it(
    'refuses what cannot work, naming the parameter',
    simulated(async () => {
      const bad = (options: unknown) => Probe.start(undefined, options as undefined);
      await expect(bad(null)).rejects.toThrow('options must be an object, got null');
      await expect(bad({ persist: 1 })).rejects.toThrow('persist must be a function, got 1');
      await expect(bad({ timeout: -1 })).rejects.toThrow(RangeError);
      const pid = await Probe.start();
      expect(() => Probe.cast(pid, 'reset' as never)).toThrow(
        'event must be an object with a type, got "reset"',
      );
      await expect(Probe.call(pid, {} as never)).rejects.toThrow(TypeError);
      await expect(Probe.waitFor(pid, 1 as never)).rejects.toThrow('when must be a function, got 1');
      expect(isAlive(pid)).toBe(true);
    }),
  );

  it(
    'shows its module, and as its state what tells something',
    simulated(async () => {
      const pid = await Probe.start();
      expect(processInfo(pid)?.initialCall).toContain('Probe');
      expect(await GenServer.getStatus(pid)).toMatchObject({
        module: 'Probe',
        state: { value: 'a', status: 'active' },
      });
      monitor(pid);
      expect(self()).not.toBe(pid);
    }),
  );
});

function makeVia() {
  const names = new Map<unknown, ReturnType<typeof whereis>>();
  return {
    registerName: (key: unknown, pid: NonNullable<ReturnType<typeof whereis>>) => {
      const isFree = !names.has(key) || !isAlive(names.get(key) ?? pid);
      if (isFree) names.set(key, pid);
      return isFree;
    },
    unregisterName: (key: unknown) => void names.delete(key),
    whereisName: (key: unknown) => names.get(key),
  };
}
