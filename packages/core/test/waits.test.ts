import { type Behaviour, exit, isDown, ProcLib, receive, spawnMonitor } from '@coppice/core';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

describe('a wait', () => {
  it(
    'comes to its end although its process is killed by the same event',
    simulated(async () => {
      const failing: Behaviour = {
        module: 'Failing',
        init: () => exit({ shutdown: 'no' }),
        handle: () => {},
      };
      const ends: string[] = [];
      const { ref } = spawnMonitor(async () => {
        try {
          await ProcLib.start(failing, { link: true });
        } finally {
          ends.push('finally');
        }
      });
      expect(await receive(isDown)).toMatchObject({ ref, reason: { shutdown: 'no' } });
      await receive(isDown, { timeout: 1 });
      expect(ends).toEqual(['finally']);
    }),
  );
});
