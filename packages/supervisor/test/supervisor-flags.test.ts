import { trapExit } from '@coppice/core';
import { SpecError, Supervisor, type SupervisorOptions } from '@coppice/supervisor';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

const bad: readonly (readonly [flags: unknown, message: string, reason: unknown])[] = [
  [
    { strategy: 'whatever' },
    `strategy must be 'one_for_one', 'one_for_all' or 'rest_for_one', got "whatever"`,
    ['invalid_strategy', 'whatever'],
  ],
  [{ strategy: undefined }, 'strategy must be', ['invalid_strategy', undefined]],
  [{ maxRestarts: -1 }, 'maxRestarts must be a whole number from 0, got -1', ['invalid_intensity', -1]],
  [{ maxRestarts: 1.5 }, 'maxRestarts must be a whole number from 0, got 1.5', ['invalid_intensity', 1.5]],
  [{ maxSeconds: 0 }, 'maxSeconds must be a whole number from 1, got 0', ['invalid_period', 0]],
  [{ maxSeconds: '5' }, 'maxSeconds must be a whole number from 1, got "5"', ['invalid_period', '5']],
  [
    { autoShutdown: 'some' },
    `autoShutdown must be 'never', 'any_significant' or 'all_significant', got "some"`,
    ['invalid_auto_shutdown', 'some'],
  ],
];

describe('flags', () => {
  it.each(bad)('%j are refused [otp-sup-006] [sup-003]', (flags, message, reason) =>
    simulated(async () => {
      const options = { strategy: 'one_for_one', ...(flags as object) } as SupervisorOptions; // that it is none is the test
      const failure = await Supervisor.startLink([], options).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(SpecError);
      expect(failure).toMatchObject({
        message: expect.stringContaining(message),
        reason: ['supervisor_data', reason],
      });
    })(),
  );

  it(
    'that are missing are refused [sup-003]',
    simulated(async () => {
      const none = undefined as unknown as SupervisorOptions; // that it is none is the test
      await expect(Supervisor.startLink([], none)).rejects.toThrow(
        'options must be an object, got undefined',
      );
    }),
  );

  it(
    'of a module are checked where they are made: a failed start [otp-sup-006]',
    simulated(
      async () => {
        trapExit(true);
        const Bad = Supervisor.define('Bad', () => ({
          strategy: 'one_for_one',
          maxRestarts: -1,
          children: [],
        }));
        await expect(Bad.startLink()).rejects.toMatchObject({
          code: 'start_failed',
          reason: ['supervisor_data', ['invalid_intensity', -1]],
        });
      },
      { crashes: 'allowed' },
    ),
  );
});
