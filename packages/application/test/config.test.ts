import { Application } from '@coppice/application';
import { Supervisor } from '@coppice/supervisor';
import { simulated } from '@coppice/testing';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { afterEach, describe, expect, it } from 'vitest';

const start = () => Supervisor.startLink([], { strategy: 'one_for_one' });

interface Settings {
  readonly port: number;
  readonly hosts: readonly string[];
}

/** A validator by hand: what a library's schema is to its user. */
function settings(
  kind: 'sync' | 'async' = 'sync',
): StandardSchemaV1<{ port?: unknown; hosts?: unknown }, Settings> {
  const validate = (value: unknown): StandardSchemaV1.Result<Settings> => {
    const { port, hosts = '' } = value as { port?: unknown; hosts?: string };
    const issues: StandardSchemaV1.Issue[] = [];
    if (!Number.isInteger(Number(port))) issues.push({ message: 'not a whole number', path: ['port'] });
    const list = hosts.split(',').filter((host) => host !== '');
    for (const [index, host] of list.entries())
      if (host.includes(' ')) issues.push({ message: 'has a space', path: [{ key: 'hosts' }, index] });
    if (list.includes('evil')) issues.push({ message: 'not these' });
    return issues.length > 0 ? { issues } : { value: { port: Number(port), hosts: list } };
  };
  return {
    '~standard': {
      version: 1,
      vendor: 'by hand',
      validate: kind === 'sync' ? validate : async (value) => validate(value),
    },
  };
}

const variables = ['T_PORT', 'T_HOST', 'T_DEBUG', 'T_HOSTS'] as const;
afterEach(() => {
  for (const name of variables) delete process.env[name];
});
function given(values: Partial<Record<(typeof variables)[number], string>>): void {
  Object.assign(process.env, values);
}

describe('variables of the environment', () => {
  const define = () =>
    Application.define('web', {
      env: { port: 80, host: 'localhost', debug: false },
      variables: { port: 'T_PORT', host: 'T_HOST', debug: 'T_DEBUG' },
      start,
    });

  it.each([
    [{}, { port: 80, host: 'localhost', debug: false }],
    [{ T_PORT: '8080' }, { port: 8080, host: 'localhost', debug: false }],
    [
      { T_PORT: ' 1e3 ', T_HOST: '', T_DEBUG: 'true' },
      { port: 1000, host: '', debug: true },
    ],
    [{ T_DEBUG: '1' }, { port: 80, host: 'localhost', debug: true }],
    [
      { T_DEBUG: '0', T_PORT: '-0.5' },
      { port: -0.5, host: 'localhost', debug: false },
    ],
  ])('%j are read as what the defaults are', (values, env) =>
    simulated(async () => {
      given(values);
      expect(define().env).toEqual(env);
    })(),
  );

  it(
    'win over configure, which wins over the defaults; putEnv wins over all',
    simulated(async () => {
      given({ T_PORT: '8080' });
      const web = define();
      Application.configure(web, { port: 81, host: 'configured' });
      expect(web.env).toMatchObject({ port: 8080, host: 'configured' });
      Application.putEnv(web, 'port', 1);
      expect(Application.getEnv(web, 'port')).toBe(1);
    }),
  );

  it.each(['', ' ', 'eighty', '0x', 'Infinity', 'NaN'])('refuse %j for a number', (text) =>
    simulated(async () => {
      given({ T_PORT: text, T_DEBUG: 'yes' });
      const web = define();
      const error: unknown = await Application.start(web).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code: 'application',
        application: 'web',
        reason: [
          'bad_environment_value',
          [
            { path: 'port', variable: 'T_PORT', message: expect.stringContaining('must be a number, got') },
            { path: 'debug', variable: 'T_DEBUG', message: 'must be true, false, 1 or 0, got "yes"' },
          ],
        ],
        message: `the configuration of application web can't be: port (T_PORT): must be a number, got ${JSON.stringify(text)}; debug (T_DEBUG): must be true, false, 1 or 0, got "yes"`,
      });
      expect(Application.loadedApplications()).toEqual([]);
      expect(() => web.env).toThrow('port (T_PORT)');
    })(),
  );
});

describe('a schema', () => {
  const define = (kind?: 'sync' | 'async') =>
    Application.define('web', {
      env: { port: 80 },
      variables: { port: 'T_PORT', hosts: 'T_HOSTS' },
      schema: settings(kind),
      start,
    });

  it(
    'makes the configuration of the defaults, what was configured, and the text of variables',
    simulated(async () => {
      given({ T_HOSTS: 'a,b' });
      const web = define();
      expect(web.env).toEqual({ port: 80, hosts: ['a', 'b'] });
      expect(Application.getEnv(web, 'hosts')).toEqual(['a', 'b']);
    }),
  );

  it(
    'that refuses is told by path and variable, all at once',
    simulated(async () => {
      given({ T_PORT: 'x', T_HOSTS: 'a,b b,evil' });
      await expect(Application.load(define())).rejects.toThrow(
        "the configuration of application web can't be: port (T_PORT): not a whole number; hosts.1 (T_HOSTS): has a space; not these",
      );
    }),
  );

  it(
    'may be asynchronous: load and start wait for it, what is read before is an error that says so',
    simulated(async () => {
      const web = define('async');
      expect(() => web.env).toThrow(
        'application web is not loaded, and its schema is asynchronous: await Application.load first',
      );
      await Promise.all([Application.ensureLoaded(web), Application.ensureLoaded(web)]);
      expect(web.env).toEqual({ port: 80, hosts: [] });
      const other = Application.define('other', { env: { port: 'x' }, schema: settings('async'), start });
      await expect(Application.start(other)).rejects.toMatchObject({
        reason: [
          'bad_environment_value',
          [{ path: 'port', variable: undefined, message: 'not a whole number' }],
        ],
      });
    }),
  );

  it(
    'that gives no object is refused, naming the application',
    simulated(async () => {
      const schema = { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: 5 }) } };
      const web = Application.define('web', { schema: schema as never, start });
      await expect(Application.load(web)).rejects.toThrow(
        "the configuration of application web can't be: the schema must give an object, got 5",
      );
    }),
  );

  it(
    'of a dependency that refuses stops what was started before it',
    simulated(async () => {
      const first = Application.define('first', { start });
      const second = Application.define('second', { env: { port: 'x' }, schema: settings(), start });
      const top = Application.define('top', { applications: [first, second], start });
      await expect(Application.ensureAllStarted(top)).rejects.toMatchObject({ application: 'second' });
      expect(Application.startedApplications()).toEqual([]);
    }),
  );
});
