import { type Clock, cancelTimer, createNode, realClock, receive, self, sendAfter } from '@coppice/core';
import { describe, expect, it } from 'vitest';

/** The real clock, and how often its timers were asked for. */
function counted(): { readonly clock: Clock; readonly pending: () => number; readonly asked: () => number } {
  let asked = 0;
  let pending = 0;
  const clock: Clock = {
    ...realClock,
    schedule(ms, fire) {
      asked += 1;
      pending += 1;
      const stop = realClock.schedule(ms, () => {
        pending -= 1;
        fire();
      });
      return () => {
        pending -= 1;
        stop();
      };
    },
  };
  return { clock, pending: () => pending, asked: () => asked };
}

describe('a node', () => {
  it('asks its clock once for timers that come and go, and for nothing when all is done', async () => {
    const { clock, asked, pending } = counted();
    await createNode({ clock }).run(async () => {
      for (let left = 1_000; left > 0; left -= 1)
        cancelTimer(sendAfter(self<string>(), 'late', 5_000 + (left % 3)));
      expect(asked()).toBeLessThanOrEqual(3);
      sendAfter(self<string>(), 'soon', 1);
      expect(await receive()).toBe('soon');
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(pending()).toBe(0);
  });
});
