import { exit, type Pid, receive, register, self, spawn } from '@coppice/core';
import { AlreadyRegisteredError, Registry } from '@coppice/registry';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { holder } from './holder.ts';

const Names = Registry.unique<unknown, unknown>('names');
const Topics = Registry.duplicate<unknown, unknown>('topics');

async function mailbox(): Promise<readonly unknown[]> {
  const messages: unknown[] = [];
  for (;;) {
    const message = await receive(undefined, { timeout: 0 });
    if (message === undefined) return messages;
    messages.push(message);
  }
}

const registered = (registry: string, key: unknown, value: unknown, pid: Pid<never> = self()): object => ({
  type: 'register',
  registry,
  key,
  pid,
  value,
});
const unregistered = (registry: string, key: unknown): object => ({
  type: 'unregister',
  registry,
  key,
  pid: self(),
});

describe('listeners', () => {
  it(
    'hear of registrations and unregistrations, not of exits or refusals [reg-uniq-019]',
    simulated(async ({ down }) => {
      register(self(), 'listener');
      await Registry.startLink(Names, { listeners: ['listener'] });
      Registry.register(Names, 'hello', 1);
      expect(() => Registry.register(Names, 'hello', 2)).toThrow(AlreadyRegisteredError);
      Registry.updateValue(Names, 'hello', () => 3);
      Registry.unregister(Names, 'hello');
      expect(await mailbox()).toEqual([registered('names', 'hello', 1), unregistered('names', 'hello')]);
      spawn(() => {}, { name: Registry.via(Names, 'via', 7) });
      expect(await mailbox()).toMatchObject([{ type: 'register', key: 'via', value: 7 }]);
      const pid = await holder(Names, 'dies', 1);
      exit(pid, 'kill');
      await down(pid);
      expect(await mailbox()).toEqual([registered('names', 'dies', 1, pid)]);
    }),
  );

  it(
    'hear of every entry of duplicate keys, and of leaving once per key [reg-dup-018]',
    simulated(async () => {
      register(self(), 'listener');
      await Registry.startLink(Topics, { listeners: ['listener'], partitions: 2 });
      Registry.register(Topics, 'hello', 1);
      Registry.register(Topics, 'hello', 2);
      Registry.unregisterMatch(Topics, 'hello', (value) => value === 1);
      Registry.unregister(Topics, 'hello');
      expect(await mailbox()).toEqual([
        registered('topics', 'hello', 1),
        registered('topics', 'hello', 2),
        unregistered('topics', 'hello'),
      ]);
    }),
  );

  it(
    'that do not run are left out',
    simulated(async () => {
      await Registry.startLink(Names, { listeners: ['nobody', 'listener'] });
      register(self(), 'listener');
      Registry.register(Names, 'hello', 1);
      expect(await mailbox()).toHaveLength(1);
    }),
  );
});

describe('Registry.meta', () => {
  it(
    'is what was put, until it is deleted',
    simulated(async () => {
      await Registry.startLink(Names, { meta: { colour: 'green' } });
      expect(Registry.meta(Names, 'colour')).toBe('green');
      expect(Registry.meta(Names, 'm')).toBeUndefined();
      Registry.putMeta(Names, 'm', { n: 1 });
      expect(Registry.meta(Names, 'm')).toEqual({ n: 1 });
      Registry.deleteMeta(Names, 'm');
      expect(Registry.meta(Names, 'm')).toBeUndefined();
      expect(Registry.meta(Names, 'constructor')).toBeUndefined();
      expect(() => Registry.putMeta(Names, 1 as never, 1)).toThrow(
        new TypeError('key must be a string, got 1'),
      );
    }),
  );
});
