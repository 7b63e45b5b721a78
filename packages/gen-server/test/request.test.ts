import { exit, nodeName, receive, self, sleep } from '@coppice/core';
import { GenServer, noreply, type RequestId, reply } from '@coppice/gen-server';
import { simulate } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

const Slow = GenServer.define('Slow', {
  init: () => 0,
  call: {
    after: async (n, ms: number) => (await sleep(ms), reply(ms, n)),
    crash: () => exit('crashed'),
  },
});

describe('GenServer.sendRequest', () => {
  it('is answered when one asks for it [otp-gs-004]', () =>
    simulate(async () => {
      const server = await Slow.start();
      const request: RequestId<number> = GenServer.sendRequest(server, 'after', 10);
      expect(await GenServer.receiveResponse(request, 300)).toBe(10);
      const named = await Slow.start();
      expect(named).not.toBe(server);
      await sleep(1);
      const lying = GenServer.sendRequest(server, 'after', 5);
      await sleep(50);
      expect(await GenServer.receiveResponse(lying)).toBe(5);
    }));

  it('takes names, and tells of a missing server when one asks [otp-gs-004]', () =>
    simulate(async () => {
      const slow = Slow.name('slow');
      await Slow.start(undefined, { name: slow });
      expect(await GenServer.receiveResponse(GenServer.sendRequest(slow, 'after', 1))).toBe(1);
      const { ref } = GenServer.sendRequest(Slow.name('nobody'), 'after', 1);
      const object = { local: 'nobody', node: nodeName() };
      expect(await receive()).toEqual({ type: 'DOWN', ref, object, reason: 'noproc' });
      const lost = GenServer.sendRequest(Slow.name('nobody'), 'after', 1);
      await expect(GenServer.receiveResponse(lost, 300)).rejects.toMatchObject({
        reason: 'noproc',
        call: { function: 'call', args: ['nobody', ['after', 1], 'infinity'] },
      });
    }));

  it('tells of a server that ends meanwhile', () =>
    simulate(async ({ expectCrash }) => {
      const request = GenServer.sendRequest(await Slow.start(), 'crash');
      expect(await GenServer.waitResponse(request)).toEqual({ ok: false, reason: 'crashed' });
      expectCrash('crashed');
    }));
});

describe('GenServer.receiveResponse', () => {
  it('gives up after its time: the reply is dropped [otp-gs-004]', () =>
    simulate(async (_, { receive: take }) => {
      const request = GenServer.sendRequest(await Slow.start(), 'after', 20);
      await expect(GenServer.receiveResponse(request, 10)).rejects.toMatchObject({ reason: 'timeout' });
      await sleep(50);
      expect(await take(undefined, { timeout: 0 })).toBeUndefined();
    }));
});

describe('GenServer.waitResponse', () => {
  it('may be called again after its time [otp-gs-004]', () =>
    simulate(async () => {
      const request = GenServer.sendRequest(await Slow.start(), 'after', 20);
      expect(await GenServer.waitResponse(request, 5)).toBeUndefined();
      expect(await GenServer.waitResponse(request, 300)).toEqual({ ok: true, value: 20 });
    }));
});

describe('GenServer.checkResponse', () => {
  it('tells whether a message is the response [otp-gs-004] [otp-gs-007]', () =>
    simulate(async ({ expectCrash }) => {
      const fast = GenServer.sendRequest(await Slow.start(), 'after', 1);
      const slow = GenServer.sendRequest(await Slow.start(), 'after', 9);
      const dying = GenServer.sendRequest(await Slow.start(), 'crash');
      const labelled = new Map([
        [fast, 'fast'],
        [slow, 'slow'],
        [dying, 'dying'],
      ] as const);
      const seen: unknown[] = [];
      while (labelled.size > 0) {
        const message = await receive();
        for (const [request, label] of labelled) {
          const outcome = GenServer.checkResponse<number>(message, request);
          if (outcome === undefined) continue;
          seen.push([label, outcome]);
          labelled.delete(request);
        }
      }
      expect(seen).toEqual([
        ['dying', { ok: false, reason: 'crashed' }],
        ['fast', { ok: true, value: 1 }],
        ['slow', { ok: true, value: 9 }],
      ]);
      expect(GenServer.checkResponse('else', fast)).toBeUndefined();
      expectCrash('crashed');
    }));
});

describe('many requests', () => {
  it('are received at once [otp-gs-005]', () =>
    simulate(async ({ now }) => {
      const requests: RequestId<number>[] = [];
      for (const ms of [30, 10, 20]) requests.push(GenServer.sendRequest(await Slow.start(), 'after', ms));
      const replies = await Promise.all(requests.map((request) => GenServer.receiveResponse(request)));
      expect(replies).toEqual([30, 10, 20]);
      expect(now()).toBe(30);
    }));

  it('are waited for in the order in which they are answered [otp-gs-006]', () =>
    simulate(async () => {
      const open = new Map<RequestId<number>, string>();
      for (const ms of [30, 10, 20])
        open.set(GenServer.sendRequest(await Slow.start(), 'after', ms), `label ${ms}`);
      const seen: unknown[] = [];
      expect(await GenServer.waitAnyResponse(open.keys(), 5)).toBeUndefined();
      for (let next = await GenServer.waitAnyResponse(open.keys()); next !== undefined; ) {
        seen.push([open.get(next.request), next.outcome]);
        open.delete(next.request);
        next = open.size === 0 ? undefined : await GenServer.waitAnyResponse(open.keys());
      }
      expect(seen).toEqual([
        ['label 10', { ok: true, value: 10 }],
        ['label 20', { ok: true, value: 20 }],
        ['label 30', { ok: true, value: 30 }],
      ]);
      expect(await GenServer.waitAnyResponse([])).toBeUndefined();
    }));
});

describe('a request id', () => {
  it('is what sendRequest gave, and nothing else', () =>
    simulate(async () => {
      for (const bad of [undefined, null, 5, {}, { ref: 'ref' }] as never[]) {
        await expect(GenServer.receiveResponse(bad)).rejects.toThrow(/request must be what sendRequest gave/);
        await expect(GenServer.waitResponse(bad)).rejects.toThrow(/request must be what sendRequest gave/);
        await expect(GenServer.waitAnyResponse([bad])).rejects.toThrow(
          /requests\[0\] must be what sendRequest/,
        );
        expect(() => GenServer.checkResponse('message', bad)).toThrow(
          /request must be what sendRequest gave/,
        );
      }
      for (const bad of [undefined, null, 5, {}] as never[])
        await expect(GenServer.waitAnyResponse(bad)).rejects.toThrow(/requests must be iterable, got/);
    }));
});

describe('GenServer.multiCall and abcast', () => {
  const Named = GenServer.define('Named', {
    init: (n: number) => n,
    call: { read: (n) => reply(n, n), crash: () => exit('crashed'), never: (n) => noreply(n) },
    cast: { set: (_n, to: number) => noreply(to) },
  });

  it('call the servers of one name, and tell which nodes had none [gs-011]', () =>
    simulate(async ({ expectCrash }) => {
      const named = Named.name('named');
      await Named.start(5, { name: named });
      const here = nodeName();
      expect(await GenServer.multiCall([here, 'elsewhere'], named, 'read')).toEqual({
        replies: [[here, 5]],
        badNodes: ['elsewhere'],
      });
      expect(await GenServer.multiCall([here], Named.name('nobody'), 'read')).toEqual({
        replies: [],
        badNodes: [here],
      });
      const late = await GenServer.multiCall([here], named, 'never', undefined, { timeout: 10 });
      expect(late).toEqual({ replies: [], badNodes: [here] });
      expect(await GenServer.multiCall([here], named, 'crash')).toEqual({ replies: [], badNodes: [here] });
      expectCrash('crashed');
    }));

  it('cast to the servers of one name; a missing one does not matter [gs-010]', () =>
    simulate(async () => {
      const named = Named.name('named');
      const server = await Named.start(5, { name: named });
      GenServer.abcast([nodeName(), 'elsewhere'], named, 'set', 6);
      GenServer.abcast([nodeName()], Named.name('nobody'), 'set', 6);
      expect(await Named.call(server, 'read')).toBe(6);
    }));

  it('refuse what is no list of nodes and no name, and names that are not local', () =>
    simulate(async () => {
      const named = Named.name('named');
      for (const nodes of [undefined, null, 'here', {}, [5]] as never[]) {
        await expect(GenServer.multiCall(nodes, named, 'read')).rejects.toThrow(/nodes must be an array/);
        expect(() => GenServer.abcast(nodes, named, 'set', 1)).toThrow(/nodes must be an array/);
      }
      for (const name of [undefined, null, 5, {}] as never[]) {
        await expect(GenServer.multiCall([nodeName()], name, 'read' as never)).rejects.toThrow(
          /name must be/,
        );
        expect(() => GenServer.abcast([nodeName()], name, 'set' as never)).toThrow(/name must be/);
      }
      const global = Named.name({ global: 'g' });
      await expect(GenServer.multiCall([nodeName()], global, 'read')).rejects.toThrow(/must be local/);
      expect(() => GenServer.abcast([nodeName()], global, 'set', 1)).toThrow(/must be local/);
      expect(self()).toBeDefined();
    }));
});
