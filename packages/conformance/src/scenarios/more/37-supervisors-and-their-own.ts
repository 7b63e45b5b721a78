/** Children that ask, stop and extend their own supervisor; supervisors that end at a bad time; trees of several kinds of supervisors. */
import { exit, link, monitor, receive, self, send, sleep, spawn, trapExit, whereis } from '@coppice/core';
import { continueWith, noreply, ok } from '@coppice/gen-server';
import { Supervisor, type SupervisorPid } from '@coppice/supervisor';
import type { OneWay } from '../../doer.ts';
import { type Scenario, scenario } from '../../scenario.ts';
import { ids } from '../../workers.ts';
import { parent, plain, type Setup, setUp, trap } from './37-supervisors-and-their-own/setup.ts';
import { early, modules, trees } from './37-supervisors-and-their-own/trees.ts';

export const supervisorsAndTheirOwn: Scenario = scenario('more/37_supervisors_and_their_own', async (O) => {
  await O.trap();
  const setup = setUp(O);
  await questions(setup);
  await stoppers(setup);
  await lastQuestions(setup);
  await ends(setup);
  await killed(setup);
  await trees(setup);
  await early(setup);
  await modules(setup);
});

async function questions({ O, W, child, step, ask }: Setup): Promise<void> {
  const asks = async () => {
    await ask(20);
    return 1;
  };
  await step(
    'a child asks its supervisor in init: the question ends by its own time',
    [child('asker', asks)],
    async (s) => [O.takeLog(), await ids(s)],
  );
  const asksLater: OneWay = async (state) => {
    O.log(['asked', (await Supervisor.whichChildren(parent())).length]);
    return noreply(state);
  };
  await step(
    'a child asks its supervisor in a continue',
    [child('asker', () => ok(1, continueWith('do', asksLater)))],
    async () => {
      await sleep(5);
      return O.takeLog();
    },
  );
  const startsLater: OneWay = async (state) => {
    await Supervisor.startChild(parent(), W.spec('sibling'));
    return noreply(state);
  };
  await step(
    'a child starts a sibling in a continue',
    [child('first', () => ok(1, continueWith('do', startsLater))), W.spec('last')],
    async (s) => {
      await sleep(5);
      return [await ids(s), O.takeLog()];
    },
  );
}

async function stoppers({ O, W, F, child, step }: Setup): Promise<void> {
  const stopper = (s: SupervisorPid): OneWay => {
    return async (state) => {
      await Supervisor.stop(s);
      O.log('not_reached');
      return noreply(state);
    };
  };
  await step('a child stops its supervisor', [W.spec('before', trap), child('stopper', plain)], async (s) => {
    O.takeLog();
    const end = monitor(s);
    F.cast('stopper', 'do', stopper(s));
    return [await O.awaitDown(end), O.takeLog()];
  });
  const trapping = () => {
    trapExit(true);
    return 1;
  };
  await step(
    'a child that traps stops its supervisor: killed after its time',
    [W.spec('before', trap), child('stopper', trapping, { shutdown: 20 })],
    async (s) => {
      O.takeLog();
      const [end, endOfChild] = [monitor(s), monitor('stopper')];
      F.cast('stopper', 'do', stopper(s));
      return [await O.awaitDown(end), await O.awaitDown(endOfChild), O.takeLog()];
    },
  );
  await step('a child terminates itself through its supervisor', [child('lemming', plain)], async (s) => {
    const end = monitor('lemming');
    F.cast('lemming', 'do', async (state) => {
      await Supervisor.terminateChild(s, 'lemming');
      return noreply(state);
    });
    return [await O.awaitDown(end), await ids(s)];
  });
}

async function lastQuestions({ O, child, step, ask }: Setup): Promise<void> {
  const asks = () => {
    trapExit(true);
    return () => ask(10);
  };
  await step(
    'a terminate that asks the supervisor: its question ends by its own time',
    [child('asker', asks)],
    async (s) => {
      const end = monitor('asker');
      return [await O.ok(() => Supervisor.terminateChild(s, 'asker')), await O.awaitDown(end), O.takeLog()];
    },
  );
}

async function ends({ O }: Setup): Promise<void> {
  for (const reason of ['normal', 'shutdown', 'crash']) {
    const ended = await O.isolated(async () => {
      const s = await Supervisor.startLink([], { strategy: 'one_for_one' });
      return O.ok(() => Supervisor.stop(s, reason));
    });
    O.step(`stop with ${reason}: a linked starter that does not trap`, ended);
  }
}

async function killed({ O, W, child, step }: Setup): Promise<void> {
  const me = self<'in_slow'>();
  const slow = async () => {
    send(me, 'in_slow');
    await sleep(300);
    return 1;
  };
  const starter = spawn(async () => {
    const children = [W.spec('a', trap), child('slow', slow)];
    await Supervisor.startLink(children, { strategy: 'one_for_one', name: 'dying' });
  });
  await O.recv();
  O.takeLog();
  const [a, b] = [monitor('a'), monitor('slow')];
  const dying = whereis('dying');
  if (dying !== undefined) exit(dying, 'kill');
  O.step('killed while it starts a child: what it has started ends', [
    await O.awaitDown(a),
    await O.awaitDown(b),
    await O.down(starter),
    O.takeLog(),
  ]);
  const stranger = spawn<'go'>(async () => {
    await receive();
    exit('stranger');
  });
  const linked = () => {
    link(stranger);
    return 1;
  };
  await step(
    'a child links itself to a stranger, which crashes',
    [child('linked', linked, { restart: 'temporary' })],
    async (s) => {
      const end = monitor('linked');
      send(stranger, 'go');
      return [await O.awaitDown(end), await ids(s)];
    },
  );
}
