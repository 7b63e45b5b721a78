import { longSchedule, type Pid, ProcLib, self, send, sleep, subscribe } from '@coppice/core';
import { onNode, simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

/** Holds the thread for as many ms as it is told. */
const busy = {
  module: 'Busy',
  init() {},
  handle(message: unknown) {
    const until = performance.now() + Number(message);
    while (performance.now() < until);
  },
};

describe('longSchedule', () => {
  it(
    'has handlers told of that held the thread for longer, from then on',
    onNode(async () => {
      const reports: unknown[] = [];
      const detach = subscribe('coppice.process.long_schedule', (event) => reports.push(event));
      const server = (await ProcLib.start(busy)) as Pid<number>; // its behaviour takes numbers
      send(server, 8);
      await sleep(1);
      expect(reports).toEqual([]);
      longSchedule(4);
      send(server, 9);
      await sleep(1);
      detach();
      expect(reports).toContainEqual({
        pid: server,
        name: undefined,
        initialCall: 'Busy',
        ms: expect.any(Number),
        message: 9,
      });
    }),
  );

  it(
    'returns what was set before, and refuses what is no time',
    simulated(() => {
      expect(longSchedule(20)).toBe('infinity');
      expect(longSchedule('infinity')).toBe(20);
      expect(longSchedule(0)).toBe('infinity');
      expect(() => longSchedule(-1)).toThrow(new RangeError('ms must be 0 or more milliseconds, got -1'));
      expect(() => longSchedule(self() as never)).toThrow(TypeError);
    }),
  );
});
