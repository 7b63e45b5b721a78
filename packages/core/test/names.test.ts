import {
  type Context,
  exit,
  formatName,
  monitor,
  name,
  type Pid,
  plainName,
  receive,
  register,
  registered,
  self,
  send,
  sleep,
  spawn,
  unregister,
  type Via,
  whereis,
} from '@coppice/core';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

const forever = async (): Promise<void> => sleep('infinity');

describe('register', () => {
  it(
    'gives a name that lasts until unregister or the end of the process',
    simulated(async ({ down }) => {
      const pid = spawn(forever);
      register(pid, 'server');
      expect(whereis('server')).toBe(pid);
      expect(registered()).toContain('server');
      unregister('server');
      expect(whereis('server')).toBeUndefined();
      register(pid, 'again');
      exit(pid, 'kill');
      await down(pid);
      expect(whereis('again')).toBeUndefined();
    }),
  );

  it(
    'refuses bad and reserved names, taken ones, dead and named processes [semantics 44] [otp-process-011]',
    simulated(async ({ down }) => {
      const [one, two, dead] = [spawn(forever), spawn(forever), spawn(() => {})];
      await down(dead);
      register(one, 'one');
      expect(() => register(two, 'one')).toThrow(`name "one" is already taken by process ${one}`);
      expect(() => register(one, 'second')).toThrow(`process ${one} has the name "one" already`);
      expect(() => register(dead, 'dead')).toThrow(`process ${dead} is dead`);
      for (const bad of ['', 'undefined', undefined, null, 3]) {
        expect(() => register(two, bad as never)).toThrow(/name must be a non-empty string/);
      }
      expect(() => register(two, { global: 'g' } as never)).toThrow(
        /name must be local \(a string\), got { global: "g" }/,
      );
      expect(() => unregister('nobody')).toThrow(new TypeError('name "nobody" is not registered'));
    }),
  );

  it(
    "does not confuse a user's string with what objects inherit",
    simulated(() => {
      for (const odd of ['constructor', '__proto__', 'hasOwnProperty', 'toString']) {
        expect(whereis(odd)).toBeUndefined();
        expect(() => send(odd, 'x')).toThrow(`no process has the name "${odd}"`);
      }
      register(self(), '__proto__');
      expect(whereis('__proto__')).toBe(self());
    }),
  );
});

describe('a typed name', () => {
  it(
    'is data that stands for whoever has it now',
    simulated(async ({ down }) => {
      const server = name<string>('server');
      const first: Pid<string> = spawn(
        async ({ receive }: Context<string>): Promise<void> => exit(await receive()),
        {
          name: server,
        },
      );
      send(server, 'over');
      expect(await down(first)).toBe('over');
      const second = spawn(async ({ receive }: Context<string>): Promise<void> => exit(await receive()), {
        name: server,
      });
      expect(whereis(server)).toBe(second);
      expect(server).toEqual({ name: 'server' });
    }),
  );
});

describe('plainName', () => {
  it(
    'refuses what is no name',
    simulated(() => {
      for (const bad of ['', undefined, null, 3, Symbol('s'), {}, { name: 3 }])
        expect(() => plainName(bad as never)).toThrow(/name must be a non-empty string/);
    }),
  );
});

describe('a via name', () => {
  const table = new Map<string, Pid<never>>();
  const via: Via<string> = {
    registerName: (key, pid) => !table.has(key) && table.set(key, pid).has(key),
    unregisterName: (key) => void table.delete(key),
    whereisName: (key) => table.get(key),
  };

  it(
    'is kept by the place that it names',
    simulated(async () => {
      const place = { via: via as Via, key: 'k' };
      const pid = spawn(async ({ receive }: Context<Pid<string>>) => send(await receive(), 'got it'), {
        name: place,
      });
      expect(whereis(place)).toBe(pid);
      expect(() => spawn(forever, { name: place })).toThrow(
        `name { via, key: "k" } is already taken by process ${pid}`,
      );
      send(place, self<string>());
      expect(await receive()).toBe('got it');
      table.clear();
      expect(() => send(place, 'x')).toThrow(TypeError);
    }),
  );

  it(
    'is told by its key, whatever that is made of',
    simulated(() => {
      const key = { room: ['lobby', 4] };
      const nobody: Via = {
        registerName: () => true,
        unregisterName: () => {},
        whereisName: () => undefined,
      };
      expect(formatName({ via: nobody, key })).toBe('{ via, key: {"room":["lobby",4]} }');
      expect(formatName({ global: ['lobby', 4] })).toBe('{ global: ["lobby",4] }');
      expect(() => send({ via: nobody, key }, 'x')).toThrow(
        new TypeError('no process has the name { via, key: {"room":["lobby",4]} }'),
      );
    }),
  );
});

describe('an address', () => {
  it(
    'that is none is refused, with what would be one',
    simulated(async () => {
      const nobody = whereis('nobody') as never;
      const forms = 'a pid, a non-empty string, { global }, { via, key }, { local, node } or a typed name';
      expect(() => send(nobody, 'x')).toThrow(new TypeError(`address must be ${forms}, got undefined`));
      expect(() => monitor(nobody)).toThrow(new TypeError(`target must be ${forms}, got undefined`));
      const unawaited = Promise.resolve(self()) as never;
      expect(() => send(unawaited, 'x')).toThrow(
        /got an instance of Promise: await the function that starts it first$/,
      );
    }),
  );
});

describe('a name with a node', () => {
  it(
    'is looked up over there',
    simulated(async ({ node }) => {
      register(self(), 'here');
      expect(whereis({ local: 'here', node: node.name })).toBe(self());
      expect(whereis({ local: 'here', node: 'elsewhere' })).toBeUndefined();
      send({ local: 'here', node: node.name }, 'x');
      expect(await receive()).toBe('x');
      expect(formatName({ local: 'here', node: 'n' })).toBe('"here" on node n');
    }),
  );
});
