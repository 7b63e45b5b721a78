/** Significant children in groups. */
import { isPid, monitor, whereis } from '@coppice/core';
import { type AutoShutdown, type Strategy, Supervisor, type SupervisorPid } from '@coppice/supervisor';
import type { Oracle } from '../../../oracle.ts';
import { asList } from '../../../term.ts';
import { drop, ids, kill, type Workers } from '../../../workers.ts';

interface Case {
  readonly strategy: Strategy;
  readonly autoShutdown: AutoShutdown;
  readonly label: string;
  readonly act: (W: Workers, sup: SupervisorPid) => Promise<unknown>;
}
const rest = 'rest_for_one';
const all = 'one_for_all';
const any = 'any_significant';
const last = 'all_significant';
const cases: readonly Case[] = [
  {
    strategy: rest,
    autoShutdown: any,
    label: 'a significant transient one crashes: restarted with those behind it',
    act: (W, s) => W.crashSync(s, 'b', 'boom'),
  },
  {
    strategy: rest,
    autoShutdown: any,
    label: 'a significant transient one ends normally: the supervisor ends',
    act: (W) => W.crash('b', 'normal'),
  },
  {
    strategy: all,
    autoShutdown: any,
    label: 'a crash of another restarts the significant ones',
    act: (W, s) => W.crashSync(s, 'a', 'boom'),
  },
  {
    strategy: all,
    autoShutdown: last,
    label: 'one of two ends normally',
    act: (W, s) => W.crashSync(s, 'b', 'normal'),
  },
  {
    strategy: all,
    autoShutdown: last,
    label: 'both end normally',
    act: async (W, s) => [await W.crashSync(s, 'b', 'normal'), await W.crash('c', 'normal')],
  },
  {
    strategy: all,
    autoShutdown: last,
    label: 'one ends normally, the other crashes and brings it back',
    act: async (W, s) => [await W.crashSync(s, 'b', 'normal'), await W.crashSync(s, 'c', 'boom')],
  },
  {
    strategy: rest,
    autoShutdown: last,
    label: 'one is terminated, the other ends',
    act: async (W, s) => [await Supervisor.terminateChild(s, 'b'), await W.crash('c', 'shutdown')],
  },
  {
    strategy: rest,
    autoShutdown: any,
    label: 'one is terminated: no end',
    act: (_, s) => Supervisor.terminateChild(s, 'b'),
  },
  {
    strategy: rest,
    autoShutdown: 'never',
    label: 'never: no significant child is allowed',
    act: async () => {},
  },
];

export async function significant(O: Oracle, W: Workers): Promise<void> {
  const sig = { trap: true, restart: 'transient', significant: true } as const;
  const specs = () => [
    W.spec('a', { trap: true }),
    W.spec('b', sig),
    W.spec('c', sig),
    W.spec('d', { trap: true }),
  ];
  for (const { strategy, autoShutdown, label, act } of cases) {
    const started = asList(await O.result(() => Supervisor.startLink(specs(), { strategy, autoShutdown })));
    const sup = started[1];
    const answer = isPid(sup)
      ? await ending(O, sup as SupervisorPid, () => act(W, sup as SupervisorPid)) // a supervisor was started
      : started;
    O.step(`${strategy} ${autoShutdown}: ${label}`, answer);
    await O.mailbox();
  }
  const temporary = W.spec('t', { restart: 'temporary', significant: true });
  const s = await Supervisor.startLink([W.spec('a', { trap: true }), temporary], {
    strategy: 'one_for_one',
    autoShutdown: any,
  });
  O.step(
    'a significant temporary one that is killed ends the supervisor; siblings get shutdown',
    await ending(O, s, () => kill(O, whereis('t'))),
  );
}

/** What has come of a supervisor after `act`. */
async function ending(O: Oracle, sup: SupervisorPid, act: () => Promise<unknown>): Promise<unknown> {
  O.takeLog();
  const ref = monitor(sup);
  await act();
  const reason = await O.awaitDown(ref, 100);
  const answer = reason === 'no_down' ? ['alive', await ids(sup)] : ['ended', reason, O.takeLog()];
  await drop(O, sup);
  return answer;
}
