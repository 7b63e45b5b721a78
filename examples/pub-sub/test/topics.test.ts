import { explore, simulate } from '@coppice/testing';
import { type Context, exit, GenServer, type Pid, Supervisor, spawn, subscribe, whereis } from 'coppice';
import { describe, expect, it } from 'vitest';
import * as Reader from '../src/reader.ts';
import * as Topics from '../src/topics.ts';

subscribe('coppice.supervisor.report', () => {}); // else on stderr

const pidOf = (name: string): Pid<never> => {
  const pid = whereis(name);
  if (pid === undefined) throw new Error(`${name} is not running`);
  return pid;
};

function start(...names: readonly string[]) {
  const readers = names.map((name) => Reader.childSpec(name, { topic: 'news', columns: 20 }));
  const children = [
    Topics.childSpec(),
    Supervisor.childSpec(readers, { strategy: 'one_for_one', name: 'readers' }),
  ];
  return Supervisor.startLink(children, { strategy: 'rest_for_one' });
}

describe('publish', () => {
  it('reaches each subscriber of its topic once, in the order of publishing', () =>
    explore(async () => {
      await start('ann', 'ben');
      for (const text of ['one', 'two', 'three']) Topics.publish('news', text);
      Topics.publish('sport', 'four');
      for (const name of ['ann', 'ben']) expect(await Reader.read(name)).toEqual(['one', 'two', 'three']);
    }));

  it('waits for nobody', () =>
    simulate(async () => {
      await start('ann', 'ben');
      await GenServer.suspend('ben');
      Topics.publish('news', 'one');
      expect(await Reader.read('ann')).toEqual(['one']);
      await GenServer.resume('ben');
      expect(await Reader.read('ben')).toEqual(['one']);
    }));

  it('is for nobody when there are no subscribers', () =>
    simulate(async () => {
      await start();
      Topics.publish('news', 'one');
      expect(Topics.countSubscribers('news')).toBe(0);
    }));
});

describe('subscribe', () => {
  it('ends in the turn in which the subscriber does', () =>
    explore(async ({ down }) => {
      await start();
      const pid = spawn(({ receive }: Context<Topics.Published>) => {
        Topics.subscribe('news');
        return receive().then(() => {});
      });
      Topics.publish('news', 'before it has subscribed, or after');
      exit(pid, 'kill');
      await down(pid);
      expect(Topics.isSubscribed('news', pid)).toBe(false);
      expect(Topics.countSubscribers('news')).toBe(0);
    }));

  it('is done again by a reader that restarts, and the others notice nothing', () =>
    explore(async ({ down, expectCrash }) => {
      expectCrash('21 columns on a screen of 20');
      await start('ann', 'ben');
      const ben = pidOf('ben');
      await GenServer.suspend('ben');
      const ann = pidOf('ann');
      Topics.publish('news', 'x'.repeat(21));
      await down(ann);
      exit(ben, 'kill'); // else it would read the line, too
      await down(ben);
      await Supervisor.countChildren('readers');
      Topics.publish('news', 'again');
      for (const name of ['ann', 'ben']) expect(await Reader.read(name)).toEqual(['again']);
      expect(Topics.countSubscribers('news')).toBe(2);
    }));

  it('is done again by all when the registry has crashed', () =>
    explore(
      async ({ down }) => {
        const app = await start('ann', 'ben');
        const before = [pidOf('topics'), pidOf('ann'), pidOf('ben')] as const;
        exit(before[0], 'kill');
        for (const pid of before) await down(pid);
        expect((await Supervisor.countChildren(app)).active).toBe(2); // answers when the restart is done
        Topics.publish('news', 'again');
        for (const name of ['ann', 'ben']) expect(await Reader.read(name)).toEqual(['again']);
      },
      { crashes: 'allowed' },
    )); // the registry's own parts
});
