/** A program of many packages, typed from end to end. */
import { Agent } from '@coppice/agent';
import { Application } from '@coppice/application';
import { GenServer, noreply, reply, type Server } from '@coppice/gen-server';
import { Logger } from '@coppice/logger';
import { PartitionSupervisor, Supervisor } from '@coppice/supervisor';
import { TaskSupervisor } from '@coppice/task';
import { expectTypeOf, it } from 'vitest';

const start = () => Supervisor.startLink([], { strategy: 'one_for_one' });

// A module-style supervisor, a tree in place, partitions, typed configuration.
interface RateProtocol {
  readonly call: { readonly read: () => number; readonly add: (by: number) => number };
  readonly cast: { readonly reset: () => void };
  readonly info: never;
  readonly state: number;
}
const RateCounter: Server<RateProtocol, [start: number]> = GenServer.define('RateCounter', {
  init: (first: number) => first,
  call: {
    read: (n) => reply(n, n),
    add: (n, by: number) => reply(n + by, n + by),
  },
  cast: { reset: () => noreply(0) },
});

interface Settings {
  readonly pool: number;
  readonly host: string;
}

const startShard = () => Agent.startLink(() => new Map<string, number>());
const shards = PartitionSupervisor.name<Awaited<ReturnType<typeof startShard>>>('shards');

const Database = Supervisor.define('MyApp.Database', ({ pool, host }: Settings) => ({
  strategy: 'rest_for_one',
  maxRestarts: 5,
  children: [
    Agent.childSpec(() => host, { name: 'db.host' }),
    ...Array.from({ length: pool }, (_, n) => RateCounter.childSpec(n, { id: ['connection', n] })),
  ],
}));

const Base: Application = Application.define('base', { start });
const MyApp: Application<{ pool: number; host: string; verbose: boolean }> = Application.define('my_app', {
  applications: [Base],
  env: { pool: 4, host: 'localhost', verbose: false },
  start: ({ env }) =>
    Supervisor.startLink(
      [
        Database.childSpec(
          { pool: env.pool, host: env.host },
          { restart: 'permanent', name: 'my_app.database' },
        ),
        PartitionSupervisor.childSpec({
          name: shards,
          partitions: 8,
          child: (n) => Agent.childSpec(() => new Map<string, number>(), { id: n }),
        }),
        Supervisor.childSpec(
          [
            TaskSupervisor.childSpec({ name: 'my_app.tasks' }),
            { ...RateCounter.childSpec(0), id: 'spare', significant: true, restart: 'transient' },
          ],
          { strategy: 'one_for_all', autoShutdown: 'any_significant', id: 'background' },
        ),
      ],
      { strategy: 'one_for_one', name: 'my_app.supervisor' },
    ),
  stop: () => console.log('bye'),
});

async function program(): Promise<void> {
  Logger.attach({ level: 'info' });
  const verbose: boolean = Application.getEnv(MyApp, 'verbose');
  const inShard: Promise<number | undefined> = Agent.get(PartitionSupervisor.via(shards, 'k'), (map) =>
    map.get('k'),
  );
  void [verbose, inShard];
  for (const { id, child, type } of await Supervisor.whichChildren('my_app.supervisor')) {
    console.log(id, type, child === undefined || child === 'restarting' ? 'down' : `${child}`);
  }
  await Application.run(MyApp);
}

it('is checked by the compiler', () => {
  expectTypeOf(program).toBeFunction();
});
