/** What the types promise, and what must not compile. */
import { Agent } from '@coppice/agent';
import { Application, type ApplicationError, type Health } from '@coppice/application';
import type { ExitReason, Pid } from '@coppice/core';
import { GenServer, noreply, reply, type Server } from '@coppice/gen-server';
import { Logger } from '@coppice/logger';
import { PartitionSupervisor, Supervisor } from '@coppice/supervisor';
import { TaskSupervisor } from '@coppice/task';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { expectTypeOf, it } from 'vitest';

const start = () => Supervisor.startLink([], { strategy: 'one_for_one' });
declare const schema: StandardSchemaV1<
  { port?: string | number; hosts?: string },
  { port: number; hosts: string[] }
>;

/** Never runs: what is in it is checked by the compiler. */
async function compiles(): Promise<void> {
  // The configuration is that of the defaults …
  const web = Application.define('web', {
    env: { port: 80, host: 'localhost' },
    variables: { port: 'PORT' },
    start: ({ env, type }) => {
      expectTypeOf(env).toEqualTypeOf<{ port: number; host: string }>();
      expectTypeOf(type).toEqualTypeOf<'normal'>();
      return start();
    },
  });
  expectTypeOf(web).toEqualTypeOf<Application<{ port: number; host: string }>>();
  expectTypeOf(Application.getEnv(web, 'port')).toEqualTypeOf<number>();
  expectTypeOf(Application.getAllEnv(web)).toEqualTypeOf<{ port: number; host: string }>();
  expectTypeOf(web.env.host).toEqualTypeOf<string>();
  Application.putEnv(web, 'port', 81);
  Application.configure(web, { host: 'h' });

  // … or what the schema makes.
  const checked = Application.define('checked', {
    env: { port: '80' },
    variables: { port: 'PORT', hosts: 'HOSTS' },
    schema,
    start: ({ env }) => {
      expectTypeOf(env).toEqualTypeOf<{ port: number; hosts: string[] }>();
      return start();
    },
  });
  expectTypeOf(Application.getEnv(checked, 'hosts')).toEqualTypeOf<string[]>();

  // Keys that need not be there.
  const loose = Application.define<{ port: number; host?: string }>('loose', { env: { port: 1 }, start });
  expectTypeOf(Application.getEnv(loose, 'host')).toEqualTypeOf<string | undefined>();
  expectTypeOf(Application.getEnv(loose, 'host', 'h')).toEqualTypeOf<string>();
  expectTypeOf(Application.getEnv(loose, 'host', 5)).toEqualTypeOf<string | number>();
  expectTypeOf(Application.fetchEnv(loose, 'host')).toEqualTypeOf<string>();
  Application.deleteEnv(loose, 'host');

  // The state of `start` is that of the other callbacks.
  const stateful = Application.define('stateful', {
    applications: [web, checked],
    start: async () => ({ pid: await start(), state: 7 }),
    startPhases: { warm: ({ state }) => expectTypeOf(state).toEqualTypeOf<number>() as unknown as void },
    prepStop: (state) => {
      expectTypeOf(state).toEqualTypeOf<number>();
      return state + 1;
    },
    stop: (state) => {
      expectTypeOf(state).toEqualTypeOf<number>();
    },
  });
  const stateless = Application.define('stateless', {
    start,
    prepStop: async () => {},
    stop: (state) => {
      expectTypeOf(state).toEqualTypeOf<undefined>();
    },
  });

  expectTypeOf(Application.start(web)).toEqualTypeOf<Promise<void>>();
  expectTypeOf(Application.ensureAllStarted([web, stateful], 'transient')).toEqualTypeOf<
    Promise<readonly string[]>
  >();
  expectTypeOf(Application.run(stateless, { shutdownTimeout: 'infinity' })).toEqualTypeOf<Promise<never>>();
  expectTypeOf(Application.health()).toEqualTypeOf<Health>();
  expectTypeOf<ApplicationError['code']>().toEqualTypeOf<'application'>();
  expectTypeOf<ApplicationError['reason']>().toEqualTypeOf<ExitReason>();

  // Any process may be at the top.
  Application.define('any', { start: async () => Agent.startLink(() => 0) });
  Application.define('any', { start: (): Pid<string> => Application.getEnv(web, 'port') as never });

  // @ts-expect-error unknown key
  Application.getEnv(web, 'prot');
  // @ts-expect-error value of a wrong type
  Application.putEnv(web, 'port', '81');
  // @ts-expect-error value of a wrong type
  Application.configure(web, { port: '81' });
  // @ts-expect-error a key that must be there
  Application.deleteEnv(web, 'port');
  // @ts-expect-error start returns the top process
  Application.define('bad', { start: () => {} });
  // @ts-expect-error start is required
  Application.define('bad', { env: { port: 80 } });
  // @ts-expect-error a start that may be ignored
  Application.define('bad', { start: () => Supervisor.define('Maybe', () => 'ignore' as const).startLink() });
  // @ts-expect-error a dependency is an application, not a name
  Application.define('bad', { applications: ['web'], start });
  // @ts-expect-error a variable sets a key that there is
  Application.define('bad', { env: { port: 80 }, variables: { prot: 'PORT' }, start });
  // @ts-expect-error a default that the schema does not take
  Application.define('bad', { env: { port: true }, schema, start });
  Application.define('bad', {
    start: async () => ({ pid: await start(), state: 7 }),
    // @ts-expect-error the state that prepStop gives is another one
    prepStop: () => 'seven',
  });
  // @ts-expect-error restart type
  void Application.start(web, 'always');
  // @ts-expect-error camelCase options
  void Application.run(web, { shutdown_timeout: 5 });
  // @ts-expect-error by definition, not by name
  void Application.stop('web');
}

// A program of several packages: a module-style supervisor, a tree in place, partitions, typed configuration.
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
  expectTypeOf(compiles).toBeFunction();
  expectTypeOf(program).toBeFunction();
});
