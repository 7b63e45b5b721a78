/** Mistakes that types would have caught, or that nothing can: each is a typed error that names the child or the option, the value, and OTP's reason. */
import { inspect } from 'node:util';
import { AlreadyStartedError, StartError, spawnLink, trapExit } from '@coppice/core';
import {
  ChildError,
  type ChildSpec,
  DynamicSupervisor,
  PartitionSupervisor,
  SpecError,
  Supervisor,
  type SupervisorOptions,
} from '@coppice/supervisor';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { Workers } from './worker.ts';

const oneForOne = { strategy: 'one_for_one' } as const;
const W = new Workers();
/** What a program without types could pass. */
const untyped = <T>(value: unknown): T => value as T;
const spec = (fields: object) => untyped<ChildSpec>(fields);
const options = (fields: object) => untyped<SupervisorOptions>({ ...oneForOne, ...fields });
const start = (children: readonly ChildSpec[], fields: object = {}) =>
  Supervisor.startLink(children, options(fields));
const never = async () => spawnLink(() => {});

type Case = readonly [
  what: string,
  wrong: () => Promise<unknown>,
  type: abstract new (...args: never[]) => Error,
  message: RegExp | string,
  reason: unknown,
];

const flags: readonly Case[] = [
  [
    'an unknown strategy',
    () => start([], { strategy: 'one_for_two' }),
    SpecError,
    `strategy must be 'one_for_one', 'one_for_all' or 'rest_for_one', got "one_for_two"`,
    ['supervisor_data', ['invalid_strategy', 'one_for_two']],
  ],
  [
    'no strategy',
    () => start([], { strategy: undefined }),
    SpecError,
    /^strategy must be .*, got undefined$/,
    ['supervisor_data', ['invalid_strategy', undefined]],
  ],
  [
    'a negative intensity',
    () => start([], { maxRestarts: -1 }),
    SpecError,
    'maxRestarts must be a whole number from 0, got -1',
    ['supervisor_data', ['invalid_intensity', -1]],
  ],
  [
    'a period of 0',
    () => start([], { maxSeconds: 0 }),
    SpecError,
    'maxSeconds must be a whole number from 1, got 0',
    ['supervisor_data', ['invalid_period', 0]],
  ],
];

const specs: readonly Case[] = [
  [
    'a spec without start',
    () => start([spec({ id: 'cache' })]),
    SpecError,
    'child "cache": start must be a function, got undefined',
    ['start_spec', 'missing_start'],
  ],
  [
    'a spec without id',
    () => start([spec({ start: never })]),
    SpecError,
    'a child spec must have an id, got {start}',
    ['start_spec', 'missing_id'],
  ],
  [
    'a restart that there is not',
    () => start([spec({ id: 'cache', start: never, restart: 'always' })]),
    SpecError,
    `child "cache": restart must be 'permanent', 'transient' or 'temporary', got "always"`,
    ['start_spec', ['invalid_restart_type', 'always']],
  ],
  [
    'duplicate ids',
    () => start([W.spec('a'), W.spec('b'), W.spec('a')]),
    StartError,
    'Supervisor failed to start: ["start_spec",["duplicate_child_name","a"]] (two children have the same id: { ...spec, id } changes one)',
    ['start_spec', ['duplicate_child_name', 'a']],
  ],
  [
    'a significant child that its supervisor does not look at',
    () => start([W.spec('a', { significant: true, restart: 'transient' })]),
    StartError,
    /bad_combination.*auto_shutdown.*never.*\(a significant child is not permanent, and its supervisor has autoShutdown\)$/,
    [
      'start_spec',
      [
        'bad_combination',
        [
          ['auto_shutdown', 'never'],
          ['significant', true],
        ],
      ],
    ],
  ],
  [
    'a start that gives no pid',
    () => start([spec({ id: 'cache', start: async () => 42 })]),
    StartError,
    'Supervisor failed to start: {"shutdown":["failed_to_start_child","cache",42]}',
    { shutdown: ['failed_to_start_child', 'cache', 42] },
  ],
];

/** What is asked of a supervisor `s` with a worker `a`, of which is more than one thing wrong. */
const requests: readonly Case[] = [
  [
    'a name that is taken',
    () => start([], { name: 's' }),
    AlreadyStartedError,
    /^name "s" is already taken by process #PID/,
    undefined,
  ],
  [
    'startChild of an id that runs',
    () => Supervisor.startChild('s', W.spec('a')),
    ChildError,
    /^cannot start child "a": \["already_started","?#PID.*\] \(a child with this id runs already\)$/,
    ['already_started', expect.anything()],
  ],
  [
    'startChild of an id that is there and does not run',
    async () => {
      const supervisor = await start([W.spec('b')]);
      await Supervisor.terminateChild(supervisor, 'b');
      await Supervisor.startChild(supervisor, W.spec('b'));
    },
    ChildError,
    'cannot start child "b": already_present (a child with this id is there and does not run: restartChild or deleteChild)',
    'already_present',
  ],
  [
    'startChild of a name that is taken',
    () => Supervisor.startChild('s', { ...W.spec('a'), id: 'other' }),
    ChildError,
    /^cannot start child "other": .*name "a" is already taken/,
    expect.any(AlreadyStartedError),
  ],
  [
    'startChild of what gives no pid',
    () => Supervisor.startChild('s', spec({ id: 'b', start: async () => 42 })),
    ChildError,
    'cannot start child "b": 42',
    42,
  ],
  [
    'restartChild of a running child',
    () => Supervisor.restartChild('s', 'a'),
    ChildError,
    'cannot restart child "a": running',
    'running',
  ],
  [
    'deleteChild of a running child',
    () => Supervisor.deleteChild('s', 'a'),
    ChildError,
    'cannot delete child "a": running',
    'running',
  ],
  [
    'terminateChild of nobody',
    () => Supervisor.terminateChild('s', ['nobody', 1]),
    ChildError,
    'cannot terminate child ["nobody",1]: not_found',
    'not_found',
  ],
];

const others: readonly Case[] = [
  [
    'a pid that is none',
    async () => DynamicSupervisor.terminateChild(await DynamicSupervisor.startLink(), untyped('a')),
    TypeError,
    'pid must be a pid, got "a"',
    undefined,
  ],
  [
    'one dynamic child too many',
    async () =>
      DynamicSupervisor.startChild(await DynamicSupervisor.startLink({ maxChildren: 0 }), W.nameless('a')),
    ChildError,
    'cannot start child "a": max_children',
    'max_children',
  ],
  [
    'no partitions',
    () => PartitionSupervisor.startLink({ name: 'p', child: () => W.nameless('a'), partitions: 0 }),
    RangeError,
    'partitions must be a whole number from 1, got 0',
    undefined,
  ],
];

describe('bad input', () => {
  it.each([...flags, ...specs, ...requests, ...others])('%s', (_what, wrong, ...expected) =>
    simulated(
      async () => {
        const [type, message, reason] = expected;
        trapExit(true);
        await start([W.spec('a')], { name: 's' });
        const error: unknown = await wrong().catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(type);
        expect(error).toHaveProperty('name', type.name);
        expect(error).toMatchObject({ message: expect.stringMatching(exactly(message)) });
        expect(Reflect.get(Object(error), 'reason')).toEqual(reason);
        expect(await Supervisor.countChildren('s')).toMatchObject({ specs: 1, active: 1 }); // nobody else is hurt
      },
      { crashes: 'allowed' },
    )(),
  );
});

describe('ChildError', () => {
  it(
    'is printed with the error that is its reason once',
    simulated(async () => {
      const supervisor = await start([W.spec('a')]);
      const error: unknown = await Supervisor.startChild(supervisor, { ...W.spec('a'), id: 'b' }).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).toHaveProperty('reason', expect.any(AlreadyStartedError));
      expect(inspect(error).match(/name "a" is already taken/g)).toHaveLength(2); // in its message, and as its cause
    }),
  );
});

describe('a start that gives what cannot be looked at', () => {
  const unreadable = {
    // oxlint-disable-next-line unicorn/no-thenable -- that is what this is about
    get then(): never {
      throw new RangeError('unreadable');
    },
  };
  const bad = { id: 'bad', start: () => untyped<ReturnType<ChildSpec['start']>>(unreadable) };

  it(
    'is a failed start, which the supervisor survives',
    simulated(async () => {
      const supervisor = await start([W.spec('a')]);
      await expect(Supervisor.startChild(supervisor, bad)).rejects.toMatchObject({
        reason: ['EXIT', { message: 'unreadable' }],
      });
      expect(await Supervisor.countChildren(supervisor)).toMatchObject({ specs: 1, active: 1 });
      const dynamic = await DynamicSupervisor.startLink();
      await expect(DynamicSupervisor.startChild(dynamic, bad)).rejects.toMatchObject({
        reason: { message: 'unreadable' },
      });
      expect(await DynamicSupervisor.countChildren(dynamic)).toMatchObject({ specs: 0 });
    }),
  );
});

function exactly(message: RegExp | string): RegExp {
  return typeof message === 'string'
    ? new RegExp(`^${message.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`)
    : message;
}
