import { sleep } from '@coppice/core';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { Breaker } from './breaker.ts';

const failure = { type: 'failure', error: new Error('refused') } as const;

describe('GenStatem.define', () => {
  it(
    'runs a machine in virtual time',
    simulated(async ({ now }) => {
      const breaker = Breaker.name('breaker');
      await Breaker.startLink({ limit: 2 }, { name: breaker });
      expect((await Breaker.call(breaker, failure)).context.failures).toBe(1);
      Breaker.cast(breaker, failure);
      expect((await Breaker.snapshot(breaker)).value).toBe('open');
      await sleep(10_001);
      expect((await Breaker.snapshot(breaker)).value).toBe('halfOpen');
      expect(now()).toBe(10_001);
    }),
  );
});
