import { isExit, processInfo, receive, self, sleep, trapExit } from '@coppice/core';
import { GenServer } from '@coppice/gen-server';
import { cancelTimeout, deferReply, postpone, reply, startTimeout } from '@coppice/gen-statem';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import type { EventObject } from 'xstate';
import { probes } from './probe.ts';

describe('call', () => {
  it(
    'gives up after its timeout, 5 s by default, and the machine goes on [otp-statem-047] [otp-statem-053]',
    simulated(async ({ now }) => {
      for (const Each of probes) {
        const pid = await Each.start();
        const silent = { type: 'do', run: () => void deferReply() };
        const before = now();
        await expect(Each.call(pid, silent)).rejects.toMatchObject({ reason: 'timeout' });
        expect(now() - before).toBe(5_000);
        await expect(Each.call(pid, silent, { timeout: 10 })).rejects.toMatchObject({ reason: 'timeout' });
        await expect(Each.call(pid, silent, { timeout: -1 })).rejects.toThrow(RangeError);
        expect(await Each.call(pid, { type: 'do', run: () => reply(1) }, { timeout: 'infinity' })).toBe(1);
      }
    }),
  );

  it(
    'leaves no late reply: every call is what OTP calls clean [otp-statem-048] [otp-statem-049] [otp-statem-054] [otp-statem-055]',
    simulated(async () => {
      for (const Each of probes) {
        const pid = await Each.start();
        let answered = false;
        const slow = () => {
          const from = deferReply();
          const run = () => {
            if (from !== undefined) GenServer.reply(from, 'late');
            answered = true;
          };
          startTimeout({ timeout: 'late' }, 50, { type: 'do', run } as EventObject);
        };
        const call = Each.call(pid, { type: 'do', run: slow }, { timeout: 10 });
        await expect(call).rejects.toMatchObject({ reason: 'timeout' });
        await sleep(100);
        expect(answered).toBe(true);
        expect(processInfo(self())?.messageQueueLength).toBe(0);
      }
    }),
  );

  it(
    'rejects with the reason of a crash',
    simulated(async ({ expectCrash }) => {
      for (const Each of probes) {
        const pid = await Each.start();
        const boom = new Error('boom');
        expectCrash('boom');
        const call = Each.call(pid, {
          type: 'do',
          run: () => {
            reply('not sent');
            throw boom;
          },
        });
        await expect(call).rejects.toMatchObject({ reason: boom });
      }
    }),
  );
});

describe('an action that is wrong', () => {
  it(
    'ends the machine: a reply to nobody can be, an action that there is not [otp-statem-051] [otp-statem-057]',
    simulated(async ({ expectCrash }) => {
      trapExit(true);
      for (const Each of probes) {
        const pid = await Each.startLink();
        Each.cast(pid, { type: 'do', run: () => reply('to nobody') });
        expect(await Each.call(pid, { type: 'do', run: () => reply(1) })).toBe(1);
        expectCrash('kind must be');
        Each.cast(pid, { type: 'do', run: () => cancelTimeout('badaction' as never) });
        const { reason } = await receive(isExit);
        expect(reason).toMatchObject({
          message: "kind must be 'state_timeout', 'timeout' or { timeout: name }, got \"badaction\"",
        });
      }
    }),
  );

  it(
    'ends the machine when a timeout is none [otp-statem-052] [otp-statem-058]',
    simulated(async ({ expectCrash }) => {
      trapExit(true);
      for (const Each of probes) {
        for (const ms of ['badtimeout', -1, Number.NaN] as number[]) {
          const pid = await Each.startLink();
          expectCrash(/ms must be/);
          const event = { type: 'other', id: 1 };
          const call = Each.call(pid, { type: 'do', run: () => startTimeout('timeout', ms, event) });
          await expect(call).rejects.toMatchObject({
            reason: { message: expect.stringContaining('ms must be') },
          });
          await receive(isExit);
        }
      }
    }),
  );

  it(
    'ends it with { nocatch } when it throws what is no error, with the reason when it exits',
    simulated(async ({ down, expectCrash }) => {
      expectCrash({ nocatch: 'text' });
      for (const Each of probes.slice(0, 1)) {
        const pid = await Each.start();
        Each.cast(pid, {
          type: 'do',
          run: () => {
            throw 'text';
          },
        });
        expect(await down(pid)).toEqual({ nocatch: 'text' });
      }
    }),
  );

  it('cannot be asked for outside of an action', () => {
    for (const ask of [postpone, deferReply, () => reply(1), () => cancelTimeout('timeout')]) {
      expect(ask).toThrow(/was called outside of a machine's action/);
    }
  });
});
