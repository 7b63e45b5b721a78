import { describe, expect, it } from 'vitest';
import { Cursor, MessageQueue } from '../src/message-queue.ts';

const NONE = Symbol('none');

describe('MessageQueue', () => {
  it('gives what any order of taking leaves, oldest first', () => {
    const queue = new MessageQueue();
    let plain: number[] = [];
    const taken: [got: unknown, want: unknown][] = [];
    let seed = 1;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return (seed >>> 8) % below;
    };
    for (let n = 0; n < 20_000; n += 1) {
      const choice = random(8);
      if (choice < 4 || plain.length === 0) {
        queue.push(n);
        plain.push(n);
      } else if (choice < 5) {
        taken.push([queue.shift(), plain.shift()]);
      } else {
        const remainder = random(7);
        const match = (message: unknown): boolean => Number(message) % 7 === remainder;
        const expected = plain.find(match);
        taken.push([queue.take(match, undefined, NONE), expected ?? NONE]);
        plain = plain.filter((message) => message !== expected);
      }
      taken.push([queue.length, plain.length]);
    }
    expect(taken.map(([got]) => got)).toEqual(taken.map(([, want]) => want));
    expect([...queue]).toEqual(plain);
  });

  it('shows a cursor each arrival once, also when what it has seen was let go', () => {
    const queue = new MessageQueue();
    const cursor = new Cursor();
    const seen: unknown[] = [];
    const look = (message: unknown): boolean => {
      seen.push(message);
      return false;
    };
    queue.push('stray');
    for (let n = 0; n < 300; n += 1) {
      queue.push(n);
      queue.take(look, cursor, NONE);
      expect(queue.take((message) => message === n, undefined, NONE)).toBe(n);
    }
    expect(seen).toEqual(['stray', ...Array.from({ length: 300 }, (_, n) => n)]);
    expect([...queue]).toEqual(['stray']);
  });

  it('takes as long behind a message that nobody takes however many went before', () => {
    const queue = new MessageQueue();
    queue.push('stray');
    const cpuMs = (count: number): number => {
      const before = process.cpuUsage();
      for (let n = 0; n < count; n += 1) {
        queue.push(n);
        queue.take((message) => message === n, undefined, NONE);
      }
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1_000;
    };
    cpuMs(10_000);
    const few = cpuMs(20_000);
    expect(cpuMs(200_000) / few).toBeLessThan(40);
  });
});
