import { self } from '@coppice/core';
import { simulate } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { chooseVictim } from '../src/chaos.ts';
import { ENOUGH, KillCount } from '../src/kill-count.ts';
import { seededRandom } from '../src/random.ts';
import type { TreeMember } from '../src/tree-member.ts';

describe('chooseVictim', () => {
  const options = () => ({
    everyMs: 1,
    laterMs: 10,
    random: seededRandom(1),
    kills: new KillCount(() => {}),
  });

  async function tree(...roles: string[]): Promise<TreeMember[]> {
    const pid = await simulate(() => self());
    return roles.map((role) => ({ pid, role }));
  }

  it('never chooses the frontier', async () => {
    expect(chooseVictim(await tree('frontier'), options(), 10)).toBeUndefined();
  });

  it('kills every role often enough, the rare ones too, in no more kills than needed', async () => {
    const members = await tree('frontier', 'rare', ...Array.from({ length: 50 }, () => 'a fetch'));
    const chaos = options();
    for (let n = 0; n < 2 * ENOUGH; n += 1)
      chaos.kills.count(chooseVictim(members, chaos, 0)?.role ?? 'nobody');
    expect(new Map(chaos.kills.entries())).toEqual(
      new Map([
        ['rare', ENOUGH],
        ['a fetch', ENOUGH],
      ]),
    );
  });

  it('begins with those that are soon gone', async () => {
    const members = await tree('crawl', 'site', 'Task.asyncStream', 'a fetch');
    const chaos = options();
    for (let n = 0; n < 2 * ENOUGH; n += 1)
      chaos.kills.count(chooseVictim(members, chaos, 0)?.role ?? 'nobody');
    expect(
      chaos.kills
        .entries()
        .filter(([, kills]) => kills > 0)
        .map(([role]) => role)
        .toSorted(),
    ).toEqual(['Task.asyncStream', 'a fetch']);
  });

  it('kills anyone, at leisure, once all had their share', async () => {
    const members = await tree('one', 'two');
    const chaos = options();
    for (const role of ['one', 'two']) for (let n = 0; n < ENOUGH; n += 1) chaos.kills.count(role);
    chaos.kills.count('one');
    expect(chooseVictim(members, chaos, 9)).toBeUndefined();
    const chosen = new Set(Array.from({ length: 50 }, () => chooseVictim(members, chaos, 10)?.role));
    expect(chosen).toEqual(new Set(['one', 'two']));
  });
});
