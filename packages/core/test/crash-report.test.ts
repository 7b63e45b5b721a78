import { runOutside, self, userFramesFirst } from '@coppice/core';
import { onNode } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

describe('userFramesFirst', () => {
  it('puts the frames of the program before those of the runtime and of Node', () => {
    const stack = [
      'Error: boom',
      '    at handle (/app/node_modules/@coppice/gen-server/dist/loop.js:10:1)',
      '    at add (/app/src/counter.ts:3:5)',
      '    at node:internal/process/task_queues:95:5',
      '    at run (/app/src/main.ts:9:1)',
      'caused by: Error: inner',
    ];
    expect(userFramesFirst(stack.join('\n')).split('\n')).toEqual(
      [0, 2, 4, 1, 3, 5].map((index) => stack[index]),
    );
  });

  it('leaves a text without frames as it is', () => {
    expect(userFramesFirst('Error: boom\nsecond line')).toBe('Error: boom\nsecond line');
  });
});

describe('runOutside', () => {
  it(
    'runs as no process, now and in what follows',
    onNode(async () => {
      const seen: unknown[] = [];
      await new Promise<void>((resolve) => {
        runOutside(() => {
          seen.push(whoAmI());
          queueMicrotask(() => {
            seen.push(whoAmI());
            resolve();
          });
        });
      });
      expect(seen).toEqual(['nobody', 'nobody']);
      expect(whoAmI()).toBe(String(self()));
    }),
  );

  it('runs where there is no process', () => {
    expect(() => runOutside(() => {})).not.toThrow();
  });
});

function whoAmI(): string {
  try {
    return String(self());
  } catch {
    return 'nobody';
  }
}
