import { spawn } from '@coppice/core';
import { Logger } from '@coppice/logger';
import { simulated } from '@coppice/testing';
import { pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { describe, expect, it } from 'vitest';

describe('a record under pino-pretty', () => {
  it(
    'reads as a line and the stack of the error',
    simulated(async ({ expectCrash, down }) => {
      expectCrash('boom');
      const pretty = prettyFactory({ colorize: false, ignore: 'time,pid,hostname,process' });
      let text = '';
      const stream = {
        write(line: string): void {
          text += pretty(line);
        },
      };
      const detach = Logger.attach({ pino: pino({}, stream) });
      const crashed = spawn(
        function worker() {
          throw new Error('boom', { cause: new Error('deeper') });
        },
        { name: 'worker' },
      );
      await down(crashed);
      detach();
      const lines = text.split('\n').map((line) => line.trim());
      expect(lines[0]).toBe(`ERROR: process ${crashed} (worker) crashed: Error: boom`);
      expect(lines).toContain('Error: boom');
      expect(lines).toContain('caused by: Error: deeper');
      expect(text).toMatch(/at .*pretty\.test\.ts/);
      expect(text).not.toContain('\\n');
    }),
  );
});
