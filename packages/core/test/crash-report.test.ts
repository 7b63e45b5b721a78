import { formatCrash, type Pid, runOutside, self, userFramesFirst } from '@coppice/core';
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

describe('formatCrash', () => {
  it(
    'shows the frames of the program, and how many there are of the runtime',
    onNode(async () => {
      const stack = [
        'Error: boom',
        '    at add (/app/counter.ts:3:5)',
        '    at run (node:vm:1:1)',
        '    at tick (node:x:2:2)',
      ];
      expect(crashOf(stack)).toContain(
        '  Error: boom\n      at add (/app/counter.ts:3:5)\n      (and 2 of the runtime)',
      );
    }),
  );

  it(
    'lets no message pass for a report of its own, nor change what a terminal shows',
    onNode(async () => {
      const text = crashOf([
        'Error: boom',
        'process #PID<0.1.0> (bank) crashed: all is lost',
        '\u001b[2Kgone',
      ]);
      const [first, ...others] = text.split('\n');
      expect(first).toMatch(/^process #PID<.*> crashed: /);
      expect(others.every((line) => line.startsWith('  '))).toBe(true);
      expect(text).toContain('  \\u001b[2Kgone');
    }),
  );

  it(
    'shows all frames where none is of the program',
    onNode(async () => {
      const stack = ['Error: boom', '    at run (node:vm:1:1)'];
      expect(crashOf(stack)).toContain('    at run (node:vm:1:1)');
    }),
  );
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

/** The report of a crash with an error of this stack. */
function crashOf(stack: readonly string[]): string {
  const reason = Object.assign(new Error('boom'), { stack: stack.join('\n') });
  const nothing = { name: undefined, label: undefined, lastMessage: undefined, state: undefined };
  const pid: Pid<never> = self();
  return formatCrash({
    pid,
    reason,
    initialCall: 'body',
    ancestors: [],
    callers: [],
    messageQueueLength: 0,
    ...nothing,
  });
}

function whoAmI(): string {
  try {
    return String(self());
  } catch {
    return 'nobody';
  }
}
