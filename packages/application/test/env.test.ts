import { Application, ApplicationError } from '@coppice/application';
import { Supervisor } from '@coppice/supervisor';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

interface Settings {
  readonly port: number;
  readonly host?: string;
  readonly nothing: null;
}

const define = () =>
  Application.define<Settings>('web', {
    env: { port: 80, nothing: null },
    start: () => Supervisor.startLink([], { strategy: 'one_for_one' }),
  });

describe('the environment of an application', () => {
  it(
    'is read, with a default or without, changed and deleted, key by key [app-001]',
    simulated(async () => {
      const web = define();
      expect(Application.getEnv(web, 'port')).toBe(80);
      expect(Application.getEnv(web, 'nothing')).toBeNull();
      expect(Application.getEnv(web, 'host')).toBeUndefined();
      expect(Application.getEnv(web, 'host', 'localhost')).toBe('localhost');
      expect(() => Application.fetchEnv(web, 'host')).toThrow(TypeError);
      expect(() => Application.fetchEnv(web, 'host')).toThrow('application web has no value for "host"');
      Application.putEnv(web, 'host', 'example.com');
      expect(Application.fetchEnv(web, 'host')).toBe('example.com');
      expect(Application.getEnv(web, 'host', 'localhost')).toBe('example.com');
      expect(Application.getAllEnv(web)).toEqual({ port: 80, nothing: null, host: 'example.com' });
      Application.deleteEnv(web, 'host');
      expect(Application.getEnv(web, 'host', 'localhost')).toBe('localhost');
      expect(web.env).toEqual({ port: 80, nothing: null });
    }),
  );

  it(
    'is a key like any other, whatever it is called',
    simulated(async () => {
      const odd = Application.define('odd', {
        env: { constructor: 1, ['__proto__']: 2, hasOwnProperty: 3 },
        start: () => Supervisor.startLink([], { strategy: 'one_for_one' }),
      });
      expect(Application.getEnv(odd, 'constructor')).toBe(1);
      expect(Application.getEnv(odd, '__proto__')).toBe(2);
      Application.putEnv(odd, '__proto__', 5);
      const all = Application.getAllEnv(odd);
      expect(Object.entries(all)).toEqual([
        ['constructor', 1],
        ['__proto__', 5],
        ['hasOwnProperty', 3],
      ]);
      expect(Object.getPrototypeOf(all)).toBe(Object.prototype);
      const bare = define();
      expect(() => Application.fetchEnv(bare, 'toString' as never)).toThrow(TypeError);
    }),
  );

  it(
    'is kept over a stop, and what start gets is a snapshot',
    simulated(async () => {
      const seen: object[] = [];
      const web = Application.define('web', {
        env: { port: 80 },
        start: ({ env }) => {
          seen.push(env);
          return Supervisor.startLink([], { strategy: 'one_for_one' });
        },
      });
      await Application.start(web);
      Application.putEnv(web, 'port', 81);
      await Application.stop(web);
      await Application.start(web);
      expect(seen).toEqual([{ port: 80 }, { port: 81 }]);
    }),
  );

  it('belongs to the node', async () => {
    const web = define();
    await simulated(async () => Application.putEnv(web, 'port', 1))();
    await simulated(async () => expect(Application.getEnv(web, 'port')).toBe(80))();
  });
});

describe('loading', () => {
  it(
    'happens once, by load or by the first use, and can be undone [app-004]',
    simulated(async () => {
      const web = define();
      expect(Application.loadedApplications()).toEqual([]);
      await Application.load(web);
      await expect(Application.load(web)).rejects.toMatchObject({ reason: ['already_loaded', 'web'] });
      await Application.ensureLoaded(web);
      expect(Application.loadedApplications()).toEqual(['web']);
      Application.putEnv(web, 'port', 1);
      Application.unload(web);
      expect(Application.loadedApplications()).toEqual([]);
      expect(() => Application.unload(web)).toThrow(ApplicationError);
      expect(Application.getEnv(web, 'port')).toBe(80);
      expect(Application.loadedApplications()).toEqual(['web']);
      await Application.start(web);
      expect(() => Application.unload(web)).toThrow('cannot unload application web: it runs');
    }),
  );

  it(
    'refuses a second definition under a name',
    simulated(async () => {
      await Application.start(define());
      const error = await Application.start(define()).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        application: 'web',
        reason: ['already_loaded', 'web'],
        message: 'another application is loaded under the name web',
      });
    }),
  );
});

describe('configure', () => {
  it(
    'gives values that win over the defaults, before the application is loaded',
    simulated(async () => {
      const web = define();
      Application.configure(web, { port: 81 });
      Application.configure(web, { host: 'h' });
      expect(web.env).toEqual({ port: 81, host: 'h', nothing: null });
      expect(() => Application.configure(web, { port: 82 })).toThrow(
        expect.objectContaining({ reason: ['already_loaded', 'web'] }),
      );
      expect(() => Application.configure(web, 5 as never)).toThrow('values must be an object, got 5');
    }),
  );
});

describe('Application.spec', () => {
  it(
    'tells of a loaded application, by itself or by name [app-005]',
    simulated(async () => {
      const base = define();
      const top = Application.define('top', {
        description: 'a shop',
        vsn: '1.2.3',
        applications: [base],
        start: () => Supervisor.startLink([], { strategy: 'one_for_one' }),
        startPhases: { warm: () => {} },
      });
      expect(Application.spec(top)).toBeUndefined();
      await Application.load(top);
      const spec = { description: 'a shop', vsn: '1.2.3', applications: ['web'], startPhases: ['warm'] };
      expect(Application.spec(top)).toEqual(spec);
      expect(Application.spec('top')?.vsn).toBe('1.2.3');
      expect(Application.spec('none')).toBeUndefined();
      expect(() => Application.spec(5 as never)).toThrow(TypeError);
    }),
  );
});

describe('Application.define', () => {
  const start = () => Supervisor.startLink([], { strategy: 'one_for_one' });
  it.each<[string, readonly unknown[], RegExp]>([
    ['an empty name', ['', { start }], /^name must be a non-empty string, got ""/],
    ['no callbacks', ['a'], /^callbacks of application a must be an object, got undefined/],
    ['no start', ['a', {}], /^application a must have start/],
    ['a start that is none', ['a', { start: 1 }], /^application a: start must be a function, got 1/],
    ['an unknown field', ['a', { start, prep_stop: start }], /^application a: prep_stop is no field/],
    ['a bad phase', ['a', { start, startPhases: { one: 1 } }], /startPhases must be an object of functions/],
    [
      'a dependency by name',
      ['a', { start, applications: ['b'] }],
      /^a: applications must be made by Application.define, got "b"/,
    ],
    ['dependencies that are no list', ['a', { start, applications: {} }], /applications must be an array/],
    ['a bad schema', ['a', { start, schema: {} }], /schema must be a Standard Schema/],
    ['a bad configuration', ['a', { start, env: 5 }], /env must be an object, got 5/],
    [
      'a variable that nothing says how to read',
      ['a', { start, env: { list: [] }, variables: { list: 'LIST' } }],
      /variables.list needs a default that is a string, number or boolean, or a schema; the default is an array of 0/,
    ],
  ])('refuses %s', (_what, args, message) => {
    expect(() => Reflect.apply(Application.define, undefined, args)).toThrow(TypeError);
    expect(() => Reflect.apply(Application.define, undefined, args)).toThrow(message);
  });
});
