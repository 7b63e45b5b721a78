import {
  type Behaviour,
  createNode,
  exit,
  isDown,
  isExit,
  ProcLib,
  receive,
  StartError,
  self,
  send,
  spawnMonitor,
  subscribe,
  trapExit,
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
    ['virtual', simulated(messageOfInit)],
    ['real', inRealTime(messageOfInit)],
  ])('comes after what init has sent, in %s time', (_, run) => run());
});
