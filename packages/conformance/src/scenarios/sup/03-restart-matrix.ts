/** Restart type × exit reason: restarted or not, and what is left in the supervisor. */
import { type ExitReason, whereis } from '@coppice/core';
import { Supervisor } from '@coppice/supervisor';
import { type Scenario, scenario } from '../../scenario.ts';
import { ids, Workers } from '../../workers.ts';

const ends: readonly (readonly [label: string, how: ExitReason])[] = [
  ['normal', 'normal'],
  ['shutdown', 'shutdown'],
  ['shutdown_term', { shutdown: 'x' }],
  ['crash', 'crash'],
  ['kill', 'kill'],
  ['noproc_like', ['noproc', 'y']],
];

export const restartMatrix: Scenario = scenario('sup/03_restart_matrix', async (O) => {
  const W = new Workers(O);
  for (const restart of ['permanent', 'transient', 'temporary'] as const) {
    for (const [label, how] of ends) {
      const sup = await Supervisor.startLink([W.spec('a', { restart })], { strategy: 'one_for_one' });
      const p = whereis('a');
      O.takeLog();
      const down = how === 'kill' ? await W.killSync(sup, 'a') : await W.crashSync(sup, 'a', how);
      const q = whereis('a');
      O.step(`${restart} / ${label}`, {
        down,
        restarted: q !== undefined && q !== p,
        left: await ids(sup),
        count: await Supervisor.countChildren(sup),
        log: O.takeLog(),
      });
      await Supervisor.stop(sup);
      O.takeLog();
    }
  }
});
