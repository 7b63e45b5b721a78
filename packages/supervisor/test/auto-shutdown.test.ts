import { type ExitReason, isAlive, isDown, monitor, receive, sleep, trapExit, whereis } from '@coppice/core';
import {
  type AutoShutdown,
  type ChildSpec,
  DynamicSupervisor,
  Supervisor,
  type SupervisorFlags,
} from '@coppice/supervisor';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { children, killUnder, Workers } from './worker.ts';

const allowed = { crashes: 'allowed' } as const;
const any = { autoShutdown: 'any_significant' } as const;
const all = { autoShutdown: 'all_significant' } as const;
type Ending = readonly [id: string, reason: ExitReason];

/** Starts the children, ends some of them, and tells how the supervisor is then: what is left of its children, or the reason of its end; and the log. */
async function run(
  flags: Partial<SupervisorFlags>,
  specs: (W: Workers) => readonly ChildSpec[],
  endings: readonly Ending[],
) {
  trapExit(true);
  const W = new Workers();
  const supervisor = await Supervisor.startLink(specs(W), { strategy: 'one_for_one', ...flags });
  const ref = monitor(supervisor);
  W.log();
  for (const [id, reason] of endings) {
    if (reason === 'killed') await killUnder(supervisor, id).catch(() => {});
    else await W.crash(id, reason);
    await sleep(1);
  }
  const log = W.log();
  if (isAlive(supervisor)) return [await children(supervisor), log];
  return [
    (
      (await receive((message) => isDown(message) && message.ref === ref, { timeout: 0 })) as {
        reason: ExitReason;
      }
    ).reason,
    log,
  ];
}

const sig = (W: Workers, id: string, restart: 'transient' | 'temporary') =>
  W.spec(id, { trap: true, restart, significant: true });

describe('autoShutdown', () => {
  it.each(['normal', 'shutdown', { shutdown: 1 }])(
    'any: a significant transient child that ends with %j ends the supervisor [otp-sup-078]',
    (reason) =>
      simulated(async () => {
        const specs = (W: Workers) => [
          sig(W, 'a', 'transient'),
          W.spec('b', { trap: true }),
          sig(W, 'c', 'transient'),
        ];
        const text = typeof reason === 'string' ? reason : JSON.stringify(reason);
        expect(await run(any, specs, [['a', reason]])).toEqual([
          'shutdown',
          `-a ${text}, -c shutdown, -b shutdown`,
        ]);
      }, allowed)(),
  );

  it(
    'any: one that crashes is restarted instead [otp-sup-078]',
    simulated(async () => {
      const specs = (W: Workers) => [sig(W, 'a', 'transient'), W.spec('b', { trap: true })];
      expect(await run(any, specs, [['a', 'crash']])).toEqual([
        [
          ['b', 'pid'],
          ['a', 'pid'],
        ],
        '-a crash, +a',
      ]);
    }, allowed),
  );

  it.each(['normal', 'shutdown', 'crash', 'killed'])(
    'any: a significant temporary child that ends with %s ends it [otp-sup-077]',
    (reason) =>
      simulated(async () => {
        const specs = (W: Workers) => [sig(W, 'a', 'temporary'), W.spec('b', { trap: true })];
        const own = reason === 'killed' ? '' : `-a ${reason}, `;
        expect(await run(any, specs, [['a', reason]])).toEqual(['shutdown', `${own}-b shutdown`]);
      }, allowed)(),
  );

  it.each<readonly [readonly Ending[], readonly unknown[]]>([
    [
      [['a', 'normal']],
      [
        [
          ['c', 'pid'],
          ['b', 'pid'],
          ['a', undefined],
        ],
        '-a normal',
      ],
    ],
    [
      [
        ['a', 'normal'],
        ['b', 'crash'],
      ],
      ['shutdown', '-a normal, -b crash, -c shutdown'],
    ],
  ])(
    'all: the last of the significant children ends it: %j [otp-sup-077] [otp-sup-078]',
    (endings, expected) =>
      simulated(async () => {
        const specs = (W: Workers) => [
          sig(W, 'a', 'transient'),
          sig(W, 'b', 'temporary'),
          W.spec('c', { trap: true }),
        ];
        expect(await run(all, specs, endings)).toEqual(expected);
      }, allowed)(),
  );

  it.each([any, all])('%j: other children never do [otp-sup-075] [otp-sup-076]', (flags) =>
    simulated(async () => {
      const specs = (W: Workers) => [
        sig(W, 's', 'transient'),
        W.spec('t', { restart: 'temporary' }),
        W.spec('n', { restart: 'transient' }),
      ];
      const endings: readonly Ending[] = [
        ['t', 'crash'],
        ['n', 'normal'],
      ];
      expect((await run(flags, specs, endings))[0]).toEqual([
        ['n', undefined],
        ['s', 'pid'],
      ]);
    }, allowed)(),
  );

  it.each([
    [
      'never',
      'transient',
      [
        ['auto_shutdown', 'never'],
        ['significant', true],
      ],
    ],
    [
      undefined,
      'transient',
      [
        ['auto_shutdown', 'never'],
        ['significant', true],
      ],
    ],
    [
      'any_significant',
      'permanent',
      [
        ['restart', 'permanent'],
        ['significant', true],
      ],
    ],
  ] as const)('%s does not allow a significant %s child', (autoShutdown, restart, clash) =>
    simulated(async () => {
      trapExit(true);
      const spec = new Workers().spec('a', { restart, significant: true });
      const flags = { strategy: 'one_for_one', ...(autoShutdown && { autoShutdown }) } as const;
      await expect(Supervisor.startLink([spec], flags)).rejects.toMatchObject({
        reason: ['start_spec', ['bad_combination', clash]],
      });
    }, allowed)(),
  );

  it(
    'is not triggered by terminateChild, nor by the restart of a group [otp-sup-080]',
    simulated(async () => {
      const W = new Workers();
      const specs = [sig(W, 'a', 'transient'), sig(W, 't', 'temporary'), W.spec('b', { trap: true })];
      const supervisor = await Supervisor.startLink(specs, { strategy: 'one_for_all', ...any });
      await Supervisor.terminateChild(supervisor, 'a');
      await Supervisor.restartChild(supervisor, 'a');
      W.log();
      await W.crashUnder(supervisor, 'b', 'crash');
      expect(W.log()).toBe('-b crash, -t shutdown, -a shutdown, +a, +b');
      expect(isAlive(supervisor)).toBe(true);
    }, allowed),
  );

  it.each([
    ['permanent', 'pid'],
    ['transient', undefined],
  ] as const)('of an inner supervisor reaches the outer one as shutdown: %s [otp-sup-081]', (restart, left) =>
    simulated(async () => {
      const W = new Workers();
      const flags = { strategy: 'one_for_one', ...any } as const;
      const inner = Supervisor.childSpec([sig(W, 'x', 'transient')], { ...flags, name: 'inner', restart });
      const outer = await Supervisor.startLink([inner], { strategy: 'one_for_one' });
      const pid = whereis('inner');
      if (pid === undefined) throw new Error('no inner supervisor');
      const ref = monitor(pid);
      await W.crash('x', 'normal');
      const down = await receive(isDown);
      expect([down.ref, down.reason]).toEqual([ref, 'shutdown']);
      expect(await children(outer)).toEqual([['inner', left]]);
    }, allowed)(),
  );

  it(
    'of an inner supervisor that is significant itself ends the outer one [otp-sup-081]',
    simulated(async ({ down }) => {
      trapExit(true);
      const W = new Workers();
      const flags = { strategy: 'one_for_one', ...any } as const;
      const inner = Supervisor.childSpec([sig(W, 'x', 'transient')], {
        ...flags,
        id: 'inner',
        restart: 'transient',
        significant: true,
      });
      const outer = await Supervisor.startLink([inner, W.spec('y', { trap: true })], flags);
      const end = down(outer);
      await W.crash('x', 'normal');
      expect(await end).toBe('shutdown');
      expect(W.log()).toBe('+x, +y, -x normal, -y shutdown');
    }, allowed),
  );

  const dynamic: readonly (readonly [AutoShutdown, readonly ExitReason[], boolean])[] = [
    ['any_significant', ['normal'], false],
    ['any_significant', ['crash'], false],
    ['all_significant', ['normal'], true],
    ['all_significant', ['crash', 'normal'], false],
  ];
  it.each(dynamic)(
    'in the dynamic form: %s, children that end with %j [otp-sup-079]',
    (autoShutdown, reasons, lives) =>
      simulated(async () => {
        trapExit(true);
        const W = new Workers();
        const supervisor = await DynamicSupervisor.startLink({ autoShutdown });
        const pids = [];
        for (const id of ['a', 'b']) {
          const spec = W.nameless(id, { restart: 'temporary', significant: true });
          pids.push(await DynamicSupervisor.startChild(supervisor, spec));
        }
        await DynamicSupervisor.startChild(supervisor, W.nameless('c'));
        for (const [index, reason] of reasons.entries()) {
          const pid = pids[index];
          if (pid !== undefined) await W.crash(pid, reason);
          await sleep(1);
        }
        expect(isAlive(supervisor)).toBe(lives);
      }, allowed)(),
  );

  it(
    'in the dynamic form is off by default, and then allows no significant child [otp-sup-079]',
    simulated(async () => {
      const W = new Workers();
      const supervisor = await DynamicSupervisor.startLink();
      const spec = W.nameless('a', { restart: 'temporary', significant: true });
      await expect(DynamicSupervisor.startChild(supervisor, spec)).rejects.toMatchObject({
        reason: ['bad_combination', expect.anything()],
      });
    }),
  );
});
