import { sleep } from '@coppice/core';
import { onNode, simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

const runners = { simulated, onNode };

describe.each(Object.entries(runners))('a test made by %s', (_name, test) => {
  it('has no parameter for which Jest, Mocha and Bun would pass a callback and wait for it', () => {
    expect(test(() => {})).toHaveLength(0);
  });
});

describe('a runner with fixtures', () => {
  const withFixture = it.extend('database', async () => 'a database');

  withFixture(
    'takes a test in virtual time',
    simulated(async ({ now }) => {
      await sleep(1_000);
      expect(now()).toBe(1_000);
    }),
  );

  withFixture(
    'takes a test in real time',
    onNode(({ node }) => {
      expect(node.processes()).not.toEqual([]);
    }),
  );
});
