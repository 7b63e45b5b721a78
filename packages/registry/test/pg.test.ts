import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createNode, ExitError, exit, type Pid, receive, self, send, spawn, unlink } from '@coppice/core';
import { type GroupEvent, pg } from '@coppice/registry';
import { Supervisor } from '@coppice/supervisor';
import { explore, simulate, simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void; // what the flag adds to new realms

const Scope = pg.scope<unknown>('scope');

const idle = (): Pid<unknown> =>
  spawn(async ({ receive }) => {
    await receive();
  });

async function mailbox(): Promise<readonly unknown[]> {
  const messages: unknown[] = [];
  for (;;) {
    const message = await receive(undefined, { timeout: 0 });
    if (message === undefined) return messages;
    messages.push(message);
  }
}

describe('pg.startLink', () => {
  it(
    'starts a scope of that name once',
    simulated(async () => {
      const pid = await pg.startLink(Scope);
      await expect(pg.startLink(Scope)).rejects.toMatchObject({ code: 'already_started', pid });
      await expect(pg.start(Scope)).rejects.toMatchObject({ code: 'already_started', pid });
      await pg.start(pg.scope());
      expect(pg.whichGroups(pg.scope())).toEqual([]);
    }),
  );

  it(
    'is started by a supervisor, and after a crash has no groups',
    simulated(async ({ settle, down }) => {
      const tree = await Supervisor.startLink([pg.childSpec(Scope)], { strategy: 'one_for_one' });
      pg.join(Scope, 'g', self());
      const [child] = await Supervisor.whichChildren(tree);
      exit(child?.child as Pid<never>, 'kill');
      await down(child?.child as Pid<never>);
      await settle();
      expect(pg.getMembers(Scope, 'g')).toEqual([]);
      pg.join(Scope, 'g', self());
      expect(pg.getMembers(Scope, 'g')).toEqual([self()]);
    }),
  );
});

describe('pg.join and pg.leave', () => {
  it(
    'keep the members of groups [otp-pg-003]',
    simulated(async () => {
      await pg.startLink(Scope);
      const one = idle();
      const two = idle();
      expect(pg.getMembers(Scope, 'g')).toEqual([]);
      pg.join(Scope, 'g', [one, two]);
      pg.join(Scope, ['compound', 1], self());
      expect(pg.getMembers(Scope, 'g')).toEqual([one, two]);
      expect(pg.getLocalMembers(Scope, 'g')).toEqual([one, two]);
      expect(pg.getMembers(Scope, ['compound', 1])).toEqual([self()]);
      expect(pg.whichGroups(Scope)).toEqual(['g', ['compound', 1]]);
      expect(pg.whichLocalGroups(Scope)).toEqual(['g', ['compound', 1]]);
      expect(pg.leave(Scope, 'g', one)).toBe(true);
      expect(pg.leave(Scope, 'g', one)).toBe(false);
      expect(pg.leave(Scope, 'none', two)).toBe(false);
      expect(pg.getMembers(Scope, 'g')).toEqual([two]);
      pg.leave(Scope, 'g', two);
      expect(pg.whichGroups(Scope)).toEqual([['compound', 1]]);
    }),
  );

  it(
    'count a process in each of its groups, as often as it has joined [otp-pg-005]',
    simulated(async ({ down }) => {
      await pg.startLink(Scope);
      const pid = idle();
      pg.join(Scope, 'g', pid);
      pg.join(Scope, 'g', [pid, pid]);
      pg.join(Scope, 'h', pid);
      expect(pg.getMembers(Scope, 'g')).toEqual([pid, pid, pid]);
      expect(pg.leave(Scope, 'g', pid)).toBe(true);
      expect(pg.getMembers(Scope, 'g')).toEqual([pid, pid]);
      expect(pg.leave(Scope, 'g', [pid, pid, pid])).toBe(true);
      expect(pg.getMembers(Scope, 'g')).toEqual([]);
      expect(pg.getMembers(Scope, 'h')).toEqual([pid]);
      pg.join(Scope, 'g', [pid, pid]);
      exit(pid, 'kill');
      await down(pid);
      expect(pg.whichGroups(Scope)).toEqual([]);
    }),
  );

  it(
    'refuse what is no process, and a scope that does not run; the scope refuses messages [otp-pg-002]',
    simulated(async ({ down, expectCrash }) => {
      const none = pg.scope<string>('none');
      expect(() => pg.join(none, 'g', self())).toThrow(ExitError);
      expect(() => pg.join(none, 'g', self())).toThrow('exited: noproc in pg.join(none, g, ');
      expect(() => pg.leave(none, 'g', self())).toThrow(expect.objectContaining({ reason: 'noproc' }));
      expect(() => pg.monitor(none, 'g')).toThrow(expect.objectContaining({ reason: 'noproc' }));
      expect(() => pg.whichGroups(none)).toThrow(new TypeError('scope "none" does not run'));
      expect(pg.getMembers(none, 'g')).toEqual([]);
      expect(() => pg.scope('')).toThrow('name must be a non-empty string, got ""');
      await expect(pg.startLink('scope' as never)).rejects.toThrow(
        'scope must be made by pg.scope, got "scope"',
      );

      const pid = await pg.start(Scope);
      expect(() => pg.join(Scope, 'g', 'pid' as never)).toThrow(
        new TypeError('pids must be processes of this node, got "pid"'),
      );
      expect(() => pg.join(Scope, 'g', [self(), 1 as never])).toThrow(TypeError);
      expect(pg.getMembers(Scope, 'g')).toEqual([]);
      expectCrash('a scope of process groups takes no messages, got garbage');
      send(pid as Pid<unknown>, 'garbage');
      expect(await down(pid)).toBeInstanceOf(TypeError);
      expect(() => pg.whichGroups(Scope)).toThrow(TypeError);
    }),
  );

  it('of a process that exits meanwhile leave nothing behind [otp-pg-004]', () =>
    explore(
      async ({ down }) => {
        await pg.startLink(Scope);
        const pid = idle();
        pg.join(Scope, 'g', pid);
        const killer = spawn(() => exit(pid, 'kill'));
        const leaver = spawn(() => void pg.leave(Scope, 'g', pid));
        const joiner = spawn(() => pg.join(Scope, 'g', pid));
        for (const each of [killer, leaver, joiner, pid]) await down(each);
        expect(pg.getMembers(Scope, 'g')).toEqual([]);
        expect(pg.whichGroups(Scope)).toEqual([]);
      },
      { seeds: 50 },
    ));

  it(
    'cost the same among many: a herd of 10,000 joins and leaves at once [otp-pg-007]',
    simulated(async ({ down }) => {
      await pg.startLink(Scope);
      const herd = Array.from({ length: 10_000 }, idle);
      for (const pid of herd) pg.join(Scope, 'g', pid);
      expect(pg.getMembers(Scope, 'g')).toHaveLength(10_000);
      for (const pid of herd.slice(0, 5_000)) pg.leave(Scope, 'g', pid);
      for (const pid of herd.slice(5_000)) exit(pid, 'kill');
      for (const pid of herd.slice(5_000)) await down(pid);
      expect(pg.whichGroups(Scope)).toEqual([]);
    }),
  );
});

describe('pg.monitorScope', () => {
  it(
    'gives the groups that are there first [otp-pg-023]',
    simulated(async () => {
      await pg.startLink(Scope);
      const pid = idle();
      pg.join(Scope, 'g', [pid, pid]);
      pg.join(Scope, 'h', self());
      const { ref, groups } = pg.monitorScope(Scope);
      expect(groups).toEqual(
        new Map([
          ['g', [pid, pid]],
          ['h', [self()]],
        ]),
      );
      expect(await mailbox()).toEqual([]);
      pg.leave(Scope, 'g', pid);
      expect(await mailbox()).toEqual([{ type: 'leave', ref, group: 'g', pids: [pid] }]);
    }),
  );

  it(
    'tells of every join and leave, and of exits [otp-pg-024]',
    simulated(async ({ down }) => {
      await pg.startLink(Scope);
      const { ref } = pg.monitorScope(Scope);
      const pid = idle();
      const event = (type: string, group: string, ...pids: Pid<never>[]) => ({ type, ref, group, pids });
      pg.join(Scope, 'g', [pid, pid]);
      pg.join(Scope, 'h', pid);
      pg.join(Scope, 'h', []);
      pg.leave(Scope, 'h', [self(), pid]);
      pg.leave(Scope, 'h', pid);
      expect(await mailbox()).toEqual([
        event('join', 'g', pid, pid),
        event('join', 'h', pid),
        event('leave', 'h', pid),
      ]);
      exit(pid, 'kill');
      await down(pid);
      expect(await mailbox()).toEqual([event('leave', 'g', pid), event('leave', 'g', pid)]);
      pg.join(Scope, 'g', pid); // dead: joins and leaves
      expect(await mailbox()).toEqual([event('join', 'g', pid), event('leave', 'g', pid)]);
      expect(pg.demonitor(Scope, ref)).toBe(true);
      expect(pg.demonitor(Scope, ref)).toBe(false);
      pg.join(Scope, 'g', self());
      expect(await mailbox()).toEqual([]);
    }),
  );
});

describe('pg.monitor', () => {
  it(
    'tells of one group, whether it has members or not, until the watcher or the scope ends [otp-pg-025]',
    simulated(async ({ down }) => {
      const scope = await pg.startLink(Scope);
      const { ref, pids } = pg.monitor(Scope, 'g');
      const second = pg.monitor(Scope, 'g');
      expect(pids).toEqual([]);
      const pid = idle();
      pg.join(Scope, 'h', pid);
      pg.join(Scope, 'g', pid);
      expect(await mailbox()).toEqual([
        { type: 'join', ref, group: 'g', pids: [pid] },
        { type: 'join', ref: second.ref, group: 'g', pids: [pid] },
      ]);
      expect(pg.monitor(Scope, 'g').pids).toEqual([pid]);
      const watcher = spawn(async ({ receive }: { receive: () => Promise<GroupEvent> }) => {
        pg.monitor(Scope, 'g');
        await receive();
      });
      exit(watcher, 'kill');
      await down(watcher);
      unlink(scope);
      exit(scope, 'kill');
      await down(scope);
      exit(pid, 'kill');
      await down(pid);
      expect(await mailbox()).toEqual([]);
    }),
  );
});

describe('pg.demonitor', () => {
  it(
    'ends one of several monitors of a group, and leaves the others',
    simulated(async () => {
      await pg.startLink(Scope);
      const first = pg.monitor(Scope, 'g');
      const second = pg.monitor(Scope, 'g');
      expect(pg.demonitor(Scope, first.ref)).toBe(true);
      const pid = idle();
      pg.join(Scope, 'g', pid);
      expect(await mailbox()).toEqual([{ type: 'join', ref: second.ref, group: 'g', pids: [pid] }]);
    }),
  );
});

describe('a group that nobody watches any more', () => {
  it('is not kept by the scope', async () => {
    class Room {}
    const rooms = await simulate(async () => {
      await pg.startLink(Scope);
      const watched = Array.from({ length: 3 }, () => {
        const room = new Room();
        pg.demonitor(Scope, pg.monitor(Scope, room).ref);
        return new WeakRef(room);
      });
      await new Promise((resolve) => setImmediate(resolve)); // a reference is strong until the turn of the event loop ends
      collect();
      return watched.map((room) => room.deref());
    });
    expect(rooms).toEqual([undefined, undefined, undefined]);
  });
});

describe('a process that was dead when it joined', () => {
  it('is not kept by the scope', async () => {
    const node = createNode(); // a simulation remembers who has ended
    const dead: Pid<never>[] = [];
    await node.run(() => pg.start(Scope));
    for (let left = 3; left > 0; left -= 1) await node.run(() => void dead.push(self()));
    await node.run(() => pg.join(Scope, 'g', dead));
    const pids = dead.splice(0).map((pid) => new WeakRef(pid));
    await new Promise((resolve) => setImmediate(resolve)); // a reference is strong until the turn of the event loop ends
    collect();
    expect(pids.map((pid) => pid.deref())).toEqual([undefined, undefined, undefined]);
    expect(await node.run(() => pg.getMembers(Scope, 'g'))).toEqual([]);
  });
});
