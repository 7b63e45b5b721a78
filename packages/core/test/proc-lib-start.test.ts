import {
  AlreadyStartedError,
  type Behaviour,
  type Context,
  createNode,
  exit,
  formatExit,
  isDown,
  isExit,
  isPid,
  type Pid,
  ProcLib,
  processInfo,
  receive,
  StartError,
  self,
  send,
  sleep,
  spawn,
  spawnMonitor,
  subscribe,
  trapExit,
  whereis,
} from '@coppice/core';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

const failing: Behaviour = { module: 'Failing', init: () => exit('nope'), handle: () => {} };

/** In real time too: the production scheduler lets code go on between two batches of signals. */
const inRealTime = (body: () => Promise<void>) => async (): Promise<void> => {
  const detach = subscribe('coppice.process.crash', () => {});
  await createNode().run(body).finally(detach);
};

async function linkedStarter(): Promise<void> {
  const caught: unknown[] = [];
  const { ref } = spawnMonitor(async () => {
    try {
      await ProcLib.start(failing, { link: true });
    } catch (error) {
      caught.push(error);
      throw error;
    }
  });
  expect(await receive(isDown)).toMatchObject({ ref, reason: 'nope' });
  expect(caught.some((error) => error instanceof StartError)).toBe(false);
}

async function trappingStarter(): Promise<void> {
  trapExit(true);
  await expect(ProcLib.start(failing, { link: true })).rejects.toThrow(StartError);
  expect(await receive(isExit, { timeout: 0 })).toMatchObject({ reason: 'nope' });
}

/** OTP: `proc_lib:sync_start_link` takes the exit signal of a process that cannot answer any more for its answer. */
async function starterOfKilled(): Promise<void> {
  trapExit(true);
  const inits: readonly (() => unknown)[] = [
    () => exit(self(), 'kill'),
    () => exit(self(), 'gone'),
    () => (spawn(() => exit('inner'), { link: true }), sleep('infinity')),
  ];
  const reasons: unknown[] = [];
  for (const init of inits) {
    const ending: Behaviour = { module: 'Ending', init: init as Behaviour['init'], handle: () => {} };
    const error: unknown = await ProcLib.start(ending, { link: true }).catch((thrown: unknown) => thrown);
    reasons.push(error instanceof StartError && error.reason);
  }
  expect(reasons).toEqual(['killed', 'gone', 'inner']);
  expect(await receive(undefined, { timeout: 0 })).toBeUndefined();
}

async function messageOfInit(): Promise<void> {
  const starter = self<string>();
  const greeting: Behaviour = { module: 'Greeting', init: () => send(starter, 'hello'), handle: () => {} };
  await ProcLib.start(greeting);
  expect(await receive((m): m is string => m === 'hello', { timeout: 0 })).toBe('hello');
}

describe('ProcLib.start', () => {
  it.each([
    ['virtual', simulated(linkedStarter, { crashes: 'allowed' })],
    ['real', inRealTime(linkedStarter)],
  ])(
    'of a failing init ends a linked starter with the raw reason, whatever it catches, in %s time',
    (_, run) => run(),
  );

  it.each([
    ['virtual', simulated(trappingStarter, { crashes: 'allowed' })],
    ['real', inRealTime(trappingStarter)],
  ])('of a failing init leaves a trapping starter the EXIT, in %s time', (_, run) => run());

  it.each([
    ['virtual', simulated(starterOfKilled)],
    ['real', inRealTime(starterOfKilled)],
  ])('of an init that a signal ends leaves a trapping starter nothing, in %s time', (_, run) => run());

  it.each([
    ['virtual', simulated(messageOfInit)],
    ['real', inRealTime(messageOfInit)],
  ])('comes after what init has sent, in %s time', (_, run) => run());
});

describe('ProcLib.startService', () => {
  const Service: Behaviour = { module: 'Service', init: () => {}, handle: () => {} };

  it(
    'starts a child of main, linked to nobody on a node that is not the program, which outlives who asked for it',
    simulated(async ({ down, node }) => {
      const me = self<Pid<never> | 'ignore'>();
      const asker = spawn(async () => {
        send(me, await ProcLib.startService(Service, { name: 'service', link: true }));
      });
      expect(await receive(isPid)).toBe(whereis('service'));
      expect(await down(asker)).toBe('normal');
      const pid = whereis('service');
      expect(pid && processInfo(pid)).toMatchObject({ parent: node.main, ancestors: [node.main], links: [] });
    }),
  );

  it(
    'rejects when the name is taken, and when init fails',
    simulated(async ({ expectCrash }) => {
      expectCrash('nope');
      await ProcLib.startService(Service, { name: 'service' });
      await expect(ProcLib.startService(Service, { name: 'service' })).rejects.toThrow(AlreadyStartedError);
      await expect(ProcLib.startService(failing, { timeout: 5 })).rejects.toThrow(StartError);
    }),
  );

  it(
    'kills a service whose init takes too long',
    simulated(async () => {
      const slow: Behaviour = { module: 'Slow', init: () => sleep('infinity'), handle: () => {} };
      const error = await ProcLib.startService(slow, { name: 'slow', timeout: 50 }).catch((e: unknown) => e);
      expect(error).toMatchObject({ code: 'start_failed', reason: 'timeout' });
      expect(whereis('slow')).toBeUndefined();
    }),
  );

  it('ends before all else when the node is stopped, while what it keeps still answers', async () => {
    const node = createNode();
    const log: string[] = [];
    const kept = await node.run(async () => {
      const pid = spawn(async ({ receive }: Context<string>) => {
        for (;;) log.push(await receive());
      });
      await ProcLib.startService({
        module: 'Keeper',
        init: () => void trapExit(true),
        handle: async (message) => {
          if (!isExit(message)) return;
          send(pid, `told ${formatExit(message.reason)}`);
          await sleep(1);
          exit(message.reason);
        },
      });
      return pid;
    });
    await node.stop();
    expect(log).toEqual(['told shutdown']);
    expect(node.info(kept)).toBeUndefined();
  });
});

describe('startMonitor of what does not start', () => {
  it(
    'leaves no DOWN',
    simulated(async ({ expectCrash }) => {
      expectCrash();
      await expect(ProcLib.startMonitor(failing)).rejects.toMatchObject({ reason: 'nope' });
      expect(await ProcLib.startMonitor({ ...failing, init: () => 'ignore' })).toBe('ignore');
      const slow = { ...failing, init: () => sleep('infinity') };
      await expect(ProcLib.startMonitor(slow, { timeout: 1 })).rejects.toMatchObject({ reason: 'timeout' });
      await sleep(1);
      expect(processInfo(self())).toMatchObject({ messages: [], monitors: [] });
    }),
  );
});
