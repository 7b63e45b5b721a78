/** What the types promise, and what must not compile. */
import { Agent } from '@coppice/agent';
import { Application, type ApplicationError, type Health } from '@coppice/application';
import type { ExitReason, Pid } from '@coppice/core';
import { Supervisor } from '@coppice/supervisor';
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

it('is checked by the compiler', () => {
  expectTypeOf(compiles).toBeFunction();
});
