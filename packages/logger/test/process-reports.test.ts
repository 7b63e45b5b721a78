import { spawn } from '@coppice/core';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { longScheduleReport } from '../src/process-reports.ts';

describe('the report of who held the thread', () => {
  it(
    'names the message, if there was one',
    simulated(() => {
      const pid = spawn(() => {});
      const told = (message: unknown): string =>
        longScheduleReport({ pid, name: 'clock', initialCall: 'Clock', ms: 119.7, message }, () => undefined)
          .message;
      expect(told({ type: 'tick' })).toBe(`process ${pid} (clock) held the thread for 120 ms with tick`);
      expect(told(undefined)).toBe(`process ${pid} (clock) held the thread for 120 ms`);
    }),
  );
});
