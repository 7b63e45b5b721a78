import { sleep } from '@coppice/core';
import { GenServer } from '@coppice/gen-server';
import { deferReply, reply } from '@coppice/gen-statem';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { probes } from './probe.ts';

const answer = (value: unknown) => ({ type: 'do', run: () => reply(value) });
const late = (value: unknown, ms: number) => ({
  type: 'do',
  run: () => {
    const from = deferReply();
    void sleep(ms).then(() => from && GenServer.reply(from, value));
  },
});

describe('sendRequest', () => {
  it(
    'is answered by an alias, however big the answer [otp-statem-085]',
    simulated(async () => {
      for (const Each of probes) {
        const pid = await Each.start();
        const payload = Array.from({ length: 10_000 }, (_, index) => ({ index }));
        expect(await Each.call(pid, answer(payload))).toEqual(payload);
        expect(await GenServer.receiveResponse(Each.sendRequest(pid, answer(payload)))).toEqual(payload);
      }
    }),
  );

  it(
    'collects many answers by receiving each [otp-statem-086]',
    simulated(async () => {
      for (const Each of probes) {
        const pid = await Each.start();
        const requests = [300, 100, 200].map((ms) => Each.sendRequest(pid, late(ms, ms)));
        expect(await Promise.all(requests.map((request) => GenServer.receiveResponse(request)))).toEqual([
          300, 100, 200,
        ]);
        await GenServer.stop(pid);
        const gone = Each.sendRequest(pid, answer(1));
        await expect(GenServer.receiveResponse(gone)).rejects.toMatchObject({ reason: 'noproc' });
      }
    }),
  );

  it(
    'collects many answers by waiting, without losing one that is late [otp-statem-087]',
    simulated(async () => {
      for (const Each of probes) {
        const pid = await Each.start();
        const request = Each.sendRequest(pid, late('at last', 100));
        expect(await GenServer.waitResponse(request, 10)).toBeUndefined();
        expect(await GenServer.waitResponse(request)).toEqual({ ok: true, value: 'at last' });
        const left = new Set([50, 20].map((ms) => Each.sendRequest(pid, late(ms, ms))));
        const order: unknown[] = [];
        while (left.size > 0) {
          const done = await GenServer.waitAnyResponse([...left]);
          if (done === undefined) break;
          order.push(done);
          left.delete(done.request);
        }
        expect(order).toMatchObject([{ outcome: { value: 20 } }, { outcome: { value: 50 } }]);
      }
    }),
  );

  it(
    'finds the answer among messages [otp-statem-088]',
    simulated(async () => {
      for (const Each of probes) {
        const pid = await Each.start();
        const request = Each.sendRequest(pid, answer('here'));
        const other = Each.sendRequest(pid, answer('other'));
        expect(await GenServer.waitResponse(other)).toEqual({ ok: true, value: 'other' });
        expect(GenServer.checkResponse({ type: 'unrelated' }, request)).toBeUndefined();
        const message = { type: 'reply', ref: request.ref, value: 'here' };
        expect(GenServer.checkResponse(message, request)).toEqual({ ok: true, value: 'here' });
      }
    }),
  );
});
