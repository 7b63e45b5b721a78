import { describe, expect, it } from 'vitest';
import { ENOUGH, KillCount } from '../src/kill-count.ts';

describe('KillCount', () => {
  it('tells when the last role has been killed often enough, and again for a late one', () => {
    let told = 0;
    const kills = new KillCount(() => {
      told += 1;
    });
    const killOften = (role: string, times: number) => {
      for (let n = 0; n < times; n += 1) kills.count(role);
    };
    kills.meet(['one', 'two']);
    killOften('one', ENOUGH + 3);
    killOften('two', ENOUGH - 1);
    expect([kills.isEnough(), told]).toEqual([false, 0]);
    killOften('two', 2);
    expect([kills.isEnough(), told]).toEqual([true, 1]);
    kills.meet(['two', 'late']);
    expect(kills.isEnough()).toBe(false);
    killOften('late', ENOUGH);
    expect([kills.isEnough(), told]).toEqual([true, 2]);
    expect(kills.entries().map(([role]) => role)).toEqual(['one', 'two', 'late']);
  });

  it('is not satisfied by having met nobody', () => {
    expect(new KillCount(() => {}).isEnough()).toBe(false);
  });
});
