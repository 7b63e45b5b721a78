import { simulated } from '@coppice/testing';
import { context, exit, type Pid, Supervisor, sleep, spawn, subscribe, whereis } from 'coppice';
import { describe, expect, it } from 'vitest';
import * as FeatureFlags from '../src/feature-flags.ts';
import { defaults, type Flags } from '../src/flags.ts';

subscribe('coppice.supervisor.report', () => {}); // else on stderr

const start = () =>
  Supervisor.startLink([FeatureFlags.childSpec()], { strategy: 'one_for_one', name: 'app' });
const all = (): Flags => ({
  newCheckout: FeatureFlags.get('newCheckout'),
  checkoutPercent: FeatureFlags.get('checkoutPercent'),
  banner: FeatureFlags.get('banner'),
});
const pidOf = (name: string): Pid<never> => {
  const pid = whereis(name);
  if (pid === undefined) throw new Error(`there is no ${name}`);
  return pid;
};

describe('update', () => {
  it.each<[string, object, string]>([
    [
      'a number that is out of range',
      { checkoutPercent: 101 },
      'checkoutPercent must be a number from 0 to 100, got 101',
    ],
    [
      'no number',
      { checkoutPercent: Number.NaN },
      'checkoutPercent must be a number from 0 to 100, got null',
    ],
    ['a value of another type', { newCheckout: 'yes' }, 'newCheckout must be true or false, got "yes"'],
    [
      'a text that is too long',
      { banner: 'x'.repeat(81) },
      `banner must be a text of at most 80 characters, got "${'x'.repeat(81)}"`,
    ],
    ['an unknown flag', { newCheckuot: true }, 'there is no flag newCheckuot'],
    [
      'a name that every object has',
      JSON.parse('{ "__proto__": 1, "constructor": 1 }'),
      'there is no flag __proto__',
    ],
  ])('refuses %s, and nothing changes', (_, changes, problem) =>
    simulated(async () => {
      await start();
      const updated = await FeatureFlags.update((flags) => ({ ...flags, banner: 'new', ...changes }));
      expect(updated).toEqual({ ok: false, problem });
      expect(all()).toEqual(defaults);
    })(),
  );

  it(
    'loses no update of several at once',
    simulated(async () => {
      await start();
      const increments = Array.from({ length: 100 }, () =>
        FeatureFlags.update((flags) => ({ ...flags, checkoutPercent: flags.checkoutPercent + 1 })),
      );
      await Promise.all(increments);
      expect(FeatureFlags.get('checkoutPercent')).toBe(100);
    }),
  );

  it(
    'gives nobody flags that can be changed in place',
    simulated(
      async ({ expectCrash }) => {
        expectCrash(TypeError);
        await start();
        await FeatureFlags.update((flags) => ({ ...flags, banner: 'good' }));
        const update = FeatureFlags.update((flags) => Object.assign(flags, { checkoutPercent: 1_000 }));
        await expect(update).rejects.toMatchObject({ reason: expect.any(TypeError) });
        expect(all()).toEqual({ ...defaults, banner: 'good' });
      },
      { isolation: 'share' },
    ),
  );
});

describe('subscribe', () => {
  it(
    'tells of each change of the flag, and of nothing else',
    simulated<FeatureFlags.FlagChanged>(async (_, { receive }) => {
      await start();
      FeatureFlags.subscribe('banner');
      await FeatureFlags.update((flags) => ({ ...flags, newCheckout: true }));
      await FeatureFlags.update((flags) => ({ ...flags, banner: 'one' }));
      await FeatureFlags.update((flags) => ({ ...flags, banner: 'one' }));
      expect(await receive()).toEqual({ type: 'flag_changed', flag: 'banner' });
      expect(await receive(() => true, { timeout: 10 })).toBeUndefined();
    }),
  );

  it(
    'ends with the subscriber',
    simulated(async ({ down }) => {
      await start();
      const subscriber = spawn(async () => {
        FeatureFlags.subscribe('banner');
        await context<FeatureFlags.FlagChanged>().receive();
      });
      await sleep(1);
      await FeatureFlags.update((flags) => ({ ...flags, banner: 'one' }));
      expect(await down(subscriber)).toBe('normal');
      expect(await FeatureFlags.update((flags) => ({ ...flags, banner: 'two' }))).toMatchObject({ ok: true });
    }),
  );
});

describe('the flags', () => {
  const set = () => FeatureFlags.update((flags) => ({ ...flags, banner: 'the last good' }));

  it(
    'outlive the server, and can be read while there is none',
    simulated(async () => {
      await start();
      await set();
      await Supervisor.terminateChild('feature_flags', 'feature_flags.server');
      expect(FeatureFlags.get('banner')).toBe('the last good');
      await Supervisor.restartChild('feature_flags', 'feature_flags.server');
      expect(FeatureFlags.get('banner')).toBe('the last good');
      expect(await FeatureFlags.update((flags) => ({ ...flags, banner: 'new' }))).toMatchObject({ ok: true });
    }),
  );

  it(
    'are the defaults again when the supervisor has ended',
    simulated(
      async ({ settle }) => {
        await start();
        await set();
        exit(pidOf('feature_flags'), 'kill');
        await settle();
        expect(all()).toEqual(defaults);
        expect(await set()).toMatchObject({ ok: true });
      },
      { crashes: 'allowed' }, // of its children, which lose their parent
    ),
  );
});
