import { simulate } from '@coppice/testing';
import { Task } from 'coppice';
import { describe, expect, it } from 'vitest';
import * as Ledger from '../src/ledger.ts';

const entry = (position: number) => ({ position, why: 'for a test' });
const start = async () => {
  const { start: startLink } = Ledger.childSpec();
  await startLink();
};

describe('write', () => {
  it('takes each position once, and in order', () =>
    simulate(async () => {
      await start();
      const taken = [];
      for (const position of [2, 1, 1, 3, 2, 1]) taken.push(await Ledger.write(entry(position)));
      expect(taken).toEqual([false, true, false, false, true, false]);
      expect((await Ledger.read()).entries).toEqual([entry(1), entry(2)]);
      expect(await Ledger.resume()).toBe(2);
    }));
});

describe('reached', () => {
  it('is answered when the position is written, or at once if it is', () =>
    simulate(async () => {
      await start();
      const second = Task.async(() => Ledger.reached(2));
      await Ledger.write(entry(1));
      expect(await Task.yield(second, 100)).toBeUndefined();
      await Ledger.write(entry(2));
      expect(await Task.await(second)).toBe('reached');
      expect(await Ledger.reached(1)).toBe('reached');
    }));
});
