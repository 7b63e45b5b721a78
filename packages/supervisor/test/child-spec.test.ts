import { type ChildSpec, SpecError, Supervisor } from '@coppice/supervisor';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { Workers } from './worker.ts';

const start = async () => 'ignore' as const;
/** A spec as code without types could write it. */
const untyped = (spec: unknown): ChildSpec => spec as ChildSpec; // that it is refused is the test

const refusals: readonly (readonly [what: string, spec: unknown, message: string, reason: unknown])[] = [
  ['no object', 42, 'a child spec must be an object with id and start, got 42', ['invalid_child_spec', 42]],
  ['no id', { start }, 'a child spec must have an id', 'missing_id'],
  ['a module', { childSpec: () => ({}) }, 'got {childSpec}: its childSpec(…) gives one', 'missing_id'],
  ['no start', { id: 'a' }, 'child "a": start must be a function, got undefined', 'missing_start'],
  [
    'start',
    { id: 'a', start: 'bad' },
    'child "a": start must be a function, got "bad"',
    ['invalid_mfa', 'bad'],
  ],
  [
    'restart',
    { id: 'a', start, restart: 'sometimes' },
    `child "a": restart must be 'permanent', 'transient' or 'temporary', got "sometimes"`,
    ['invalid_restart_type', 'sometimes'],
  ],
  [
    'significant',
    { id: 'a', start, significant: 1 },
    'child "a": significant must be true or false, got 1',
    ['invalid_significant', 1],
  ],
  [
    'type',
    { id: 'a', start, type: 'thing' },
    `child "a": type must be 'worker' or 'supervisor', got "thing"`,
    ['invalid_child_type', 'thing'],
  ],
  [
    'modules',
    { id: 'a', start, modules: 'M' },
    'child "a": modules must be an array of names, got "M"',
    ['invalid_modules', 'M'],
  ],
  ...[-1, Number.NaN, Number.POSITIVE_INFINITY, '5000', 'never'].map(
    (shutdown) =>
      [
        `shutdown ${shutdown}`,
        { id: 'a', start, shutdown },
        `child "a": shutdown must be milliseconds from 0, 'infinity' or 'brutal_kill', got `,
        ['invalid_shutdown', shutdown],
      ] as const,
  ),
];

describe('a child spec', () => {
  it.each(refusals)(
    'with a bad field is refused before anything starts: %s [otp-sup-005] [sup-014] [sup-002]',
    (_what, spec, message, reason) =>
      simulated(async () => {
        const W = new Workers();
        const flags = { strategy: 'one_for_one' } as const;
        const failure = await Supervisor.startLink([W.spec('x'), untyped(spec)], flags).catch(
          (error: unknown) => error,
        );
        expect(failure).toBeInstanceOf(SpecError);
        expect(failure).toBeInstanceOf(TypeError);
        expect(failure).toMatchObject({
          message: expect.stringContaining(message),
          reason: ['start_spec', reason],
        });
        expect(W.starts('x')).toBe(0);
        const supervisor = await Supervisor.startLink([], flags);
        await expect(Supervisor.startChild(supervisor, untyped(spec))).rejects.toMatchObject({ reason });
        expect(() => Supervisor.childSpec([untyped(spec)], flags)).toThrow(message);
      })(),
  );

  it(
    'is completed with defaults, which can be read back [otp-sup-005] [otp-sup-042]',
    simulated(async () => {
      const sub = { id: 'sub', start, type: 'supervisor' } as const;
      const supervisor = await Supervisor.startLink([{ id: 'a', start }, sub], { strategy: 'one_for_one' });
      expect(await Supervisor.getChildSpec(supervisor, 'a')).toEqual({
        id: 'a',
        start,
        restart: 'permanent',
        shutdown: 5_000,
        type: 'worker',
        significant: false,
        modules: [],
      });
      expect(await Supervisor.getChildSpec(supervisor, 'sub')).toMatchObject({
        shutdown: 'infinity',
        type: 'supervisor',
      });
      await expect(Supervisor.getChildSpec(supervisor, 'zz')).rejects.toMatchObject({
        code: 'child',
        reason: 'not_found',
      });
    }),
  );

  it(
    'takes every shutdown time from 0 [dynsup-029]',
    simulated(async () => {
      const times = [0, 1, 5_000, 'infinity', 'brutal_kill'] as const;
      const specs = times.map((shutdown) => ({ id: shutdown, start, shutdown }));
      const supervisor = await Supervisor.startLink(specs, { strategy: 'one_for_one' });
      for (const shutdown of times)
        expect(await Supervisor.getChildSpec(supervisor, shutdown)).toMatchObject({ shutdown });
    }),
  );

  it(
    'may have fields that no spec has, as in OTP [otp-sup-044]',
    simulated(async () => {
      const supervisor = await Supervisor.startLink([untyped({ id: 'a', start, typo: 1 })], {
        strategy: 'one_for_one',
      });
      expect(await Supervisor.countChildren(supervisor)).toMatchObject({ specs: 1 });
    }),
  );

  it(
    'is changed by spreading [sup-002]',
    simulated(async () => {
      const W = new Workers();
      const changed = { ...W.nameless('a'), id: 'b', restart: 'temporary', shutdown: 7 } as const;
      const supervisor = await Supervisor.startLink([W.nameless('a'), changed], { strategy: 'one_for_one' });
      expect(await Supervisor.getChildSpec(supervisor, 'b')).toMatchObject({
        restart: 'temporary',
        shutdown: 7,
      });
    }),
  );

  it(
    'has an id that is any term and compares by value',
    simulated(async () => {
      const supervisor = await Supervisor.startLink(
        [
          { id: ['x', 1], start },
          { id: { shard: 2 }, start },
          { id: 'term:["x",1]', start },
        ],
        { strategy: 'one_for_one' },
      );
      await Supervisor.terminateChild(supervisor, ['x', 1]);
      await Supervisor.deleteChild(supervisor, ['x', 1]);
      expect((await Supervisor.whichChildren(supervisor)).map(({ id }) => id)).toEqual([
        'term:["x",1]',
        { shard: 2 },
      ]);
    }),
  );
});
