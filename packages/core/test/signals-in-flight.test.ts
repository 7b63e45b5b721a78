import {
  type Context,
  demonitor,
  type Exit,
  exit,
  isAlive,
  isExit,
  link,
  monitor,
  type Pid,
  processInfo,
  receive,
  self,
  send,
  sleep,
  spawn,
  spawnLink,
  trapExit,
  unlink,
} from '@coppice/core';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

const forever = async (): Promise<void> => sleep('infinity');
const mailbox = (): readonly unknown[] | undefined => processInfo(self())?.messages;

// What is expected here is what the BEAM does with the same steps.
describe('an exit signal that is on its way', () => {
  it(
    'meets the flag as it is when it comes, not as it will be when messages sent before are handled',
    simulated(async ({ down }) => {
      const me = self<unknown>();
      const off = spawn(async ({ receive }: Context<'off' | Exit>) => {
        trapExit(true);
        send(me, 'ready');
        await receive((message) => message === 'off');
        trapExit(false);
        send(me, await receive(isExit));
      });
      expect(await receive()).toBe('ready');
      send(off, 'off');
      exit(off, 'trapped');
      expect(await receive()).toMatchObject({ from: me, reason: 'trapped' });

      const on = spawn(async ({ receive }: Context<'on'>) => {
        await receive();
        trapExit(true);
        await forever();
      });
      send(on, 'on');
      exit(on, 'too early');
      expect(await down(on)).toBe('too early');
    }),
  );

  it(
    'is there before a monitor, a link and a message that follow it',
    simulated(async () => {
      trapExit(true);
      const heard: unknown[] = [];
      const target = spawn<string>(async ({ receive }) => {
        heard.push(await receive());
      });
      exit(target, 'first');
      const ref = monitor(target);
      link(target);
      send(target, 'too late');
      expect(await receive()).toMatchObject({ type: 'DOWN', ref, reason: 'noproc' });
      expect(await receive()).toMatchObject({ type: 'EXIT', from: target, reason: 'noproc' });
      expect(heard).toEqual([]);
    }),
  );

  it(
    'brings nothing back by a link and a monitor that are taken away behind it',
    simulated(async ({ down }) => {
      trapExit(true);
      const target = spawnLink(forever);
      const ref = monitor(target);
      exit(target, 'gone');
      unlink(target);
      expect(demonitor(ref)).toBe(true);
      expect(await down(target)).toBe('gone');
      expect(mailbox()).toEqual([]);
    }),
  );

  it(
    'leaves one of two that cross: each ends with its own',
    simulated(async ({ down }) => {
      const me = self<unknown>();
      const b: Pid<never> = spawn(forever);
      const a = spawn(async () => {
        link(b);
        send(me, 'linked');
        await forever();
      });
      expect(await receive()).toBe('linked');
      exit(a, 'of a');
      exit(b, 'of b');
      expect([isAlive(a), isAlive(b)]).toEqual([false, false]);
      expect([await down(a), await down(b)]).toEqual(['of a', 'of b']);
    }),
  );
});

describe('a process that traps exits', () => {
  it(
    'handles signals one by one until it ends, and none after that',
    simulated(async ({ down }) => {
      const me = self<unknown>();
      const target = spawn(
        async ({ receive }: Context<Exit>) => {
          for (;;) {
            const { reason } = await receive();
            send(me, reason);
            if (reason === 'last') exit('done');
          }
        },
        { trapExit: true },
      );
      for (const reason of ['normal', 'crash', 'last', 'too late']) exit(target, reason);
      expect(await down(target)).toBe('done');
      expect(mailbox()).toEqual(['normal', 'crash', 'last']);
    }),
  );

  it(
    'keeps a link over signals that were sent by hand',
    simulated(async ({ down }) => {
      const target = spawn(forever, { trapExit: true });
      link(target);
      exit(target, 'poke');
      await sleep(0);
      expect(processInfo(target)).toMatchObject({ links: [self()], messageQueueLength: 1 });
      unlink(target);
      exit(target, 'kill');
      expect(await down(target)).toBe('killed');
    }),
  );
});
