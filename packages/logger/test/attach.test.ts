import { Application } from '@coppice/application';
import {
  ancestors,
  emit,
  exit,
  isAlive,
  link,
  monitor,
  type Pid,
  receive,
  self,
  send,
  setLabel,
  sleep,
  spawn,
  unlink,
} from '@coppice/core';
import { continueWith, GenServer, noreply, ok, reply } from '@coppice/gen-server';
import { Logger } from '@coppice/logger';
import { Supervisor, type SupervisorPid } from '@coppice/supervisor';
import { onNode, simulated } from '@coppice/testing';
import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { attachLog, LEVEL } from './log.ts';

const Vault = GenServer.define('Vault', {
  init: (secret: string) => ({ secret, opened: 0 }),
  formatStatus: ({ opened }) => ({ opened }),
  call: {
    open(state, key: string) {
      if (key === 'key') exit('jammed');
      return reply(key, state);
    },
  },
  cast: {
    burn() {
      throw new RangeError('burnt', { cause: new Error('fire') });
    },
  },
});

/** Crashes as soon as it has started. */
const Boomer = GenServer.define('Boomer', {
  init: () => ok(0, continueWith('fail')),
  continue: { fail: () => fail() },
});

describe('a crash', () => {
  it(
    'is an error with who, why, the type of the last message and the family, and no contents',
    simulated(async ({ expectCrash, down }) => {
      expectCrash('burnt');
      const { lines, detach } = attachLog();
      const vault = await Vault.start('s3cret', { name: 'vault' });
      Vault.cast(vault, 'burn');
      await down(vault);
      detach();
      const [line] = lines();
      const ancestorsOfVault = [self(), ...ancestors()].map(String);
      expect(lines()).toHaveLength(1);
      expect(line).toMatchObject({
        level: LEVEL.error,
        msg: `process ${vault} (vault) crashed: RangeError: burnt`,
        process: {
          pid: String(vault),
          name: 'vault',
          initialCall: 'Vault',
          ancestors: ancestorsOfVault,
          callers: [],
          messageQueueLength: 0,
          lastMessage: '$gen_cast burn',
        },
        reason: 'RangeError: burnt',
        err: { type: 'RangeError', message: 'burnt: fire' },
      });
      expect(JSON.stringify(line)).not.toContain('s3cret');
      expect(line).not.toHaveProperty('state');
      expect(line).not.toHaveProperty('message');
    }),
  );

  it(
    'names the client whose request it was, and shows what redact lets through of what formatStatus gives',
    simulated(async ({ expectCrash }) => {
      expectCrash('jammed');
      const redact = (value: unknown): unknown => ({ seen: value });
      const { lines, detach } = attachLog({ redact });
      const vault = await Vault.start('s3cret');
      await expect(Vault.call(vault, 'open', 'key')).rejects.toMatchObject({ reason: 'jammed' });
      detach();
      expect(lines()).toHaveLength(1);
      expect(lines()[0]).toMatchObject({
        process: { client: String(self()), lastMessage: '$gen_call open' },
        reason: 'jammed',
        state: { seen: { opened: 0 } },
        message: { seen: { type: '$gen_call', request: 'open', payload: 'key' } },
      });
      expect(lines()[0]).not.toHaveProperty('err');
    }),
  );

  it(
    'has the program’s own frames first',
    simulated(async ({ expectCrash, down }) => {
      expectCrash('boom');
      const { lines, detach } = attachLog();
      await down(
        spawn(function worker() {
          setLabel('the worker');
          fail();
        }),
      );
      detach();
      const err = lines()[0]?.['err'];
      expect(err).toMatchObject({
        stack: expect.stringMatching(/^Error: boom\n\s+at fail .*attach\.test\.ts/),
      });
      expect(lines()[0]).toMatchObject({ process: { label: 'the worker', initialCall: 'worker' } });
    }),
  );

  it(
    'keeps a message of megabytes out of the log, and the frames in it',
    simulated(async ({ expectCrash, down }) => {
      expectCrash();
      const { lines, detach } = attachLog();
      await down(
        spawn(function worker() {
          throw new Error('x'.repeat(5_000_000));
        }),
      );
      detach();
      const [line] = lines();
      expect(JSON.stringify(line).length).toBeLessThan(30_000);
      const stack: unknown = expect.stringMatching(/^Error: x+…\n\s+at worker .*attach\.test\.ts/);
      expect(line?.['err']).toMatchObject({ message: expect.stringMatching(/^x+…$/), stack });
    }),
  );

  it(
    'of an error whose message is no text is told all the same',
    simulated(async ({ expectCrash, down }) => {
      expectCrash();
      const { lines, detach } = attachLog();
      await down(
        spawn(() => {
          throw Object.assign(new Error('odd'), { message: undefined });
        }),
      );
      detach();
      expect(lines()).toMatchObject([{ err: { stack: expect.stringContaining('attach.test.ts') } }]);
    }),
  );

  it(
    'of a DOMException is told with its class and message',
    simulated(async ({ expectCrash, down }) => {
      expectCrash();
      const { lines, detach } = attachLog();
      await down(
        spawn(() => {
          throw new DOMException('gone', 'AbortError');
        }),
      );
      detach();
      expect(lines()[0]).toMatchObject({
        reason: 'AbortError: gone',
        err: { type: 'DOMException', message: 'gone' },
      });
    }),
  );

  it(
    'is told when redact throws, and when the state cannot be written',
    simulated(async ({ expectCrash, down }) => {
      expectCrash('burnt');
      const { lines, detach } = attachLog({
        redact: () => {
          throw new Error('no');
        },
      });
      const vault = await Vault.start('s3cret');
      Vault.cast(vault, 'burn');
      await down(vault);
      detach();
      expect(lines()[0]).toMatchObject({ state: '[redact threw Error: no]' });
    }),
  );
});

describe('a supervisor', () => {
  it(
    'warns of a child that it restarts, and reports as an error that it gives up',
    simulated(async ({ expectCrash, settle, down }) => {
      expectCrash('boom');
      const { lines, detach } = attachLog();
      const child = { id: 'child', start: () => Boomer.startLink() };
      const tree = await startTree([child], { strategy: 'one_for_one', maxRestarts: 1, name: 'tree' });
      await settle();
      expect(await down(tree)).toBe('shutdown');
      detach();
      const reports = lines().filter((line) => 'supervisor' in line);
      expect(reports.map(({ level, report, action }) => [level, report, action])).toEqual([
        [LEVEL.warn, 'child_terminated', 'restart'],
        [LEVEL.error, 'child_terminated', 'shutdown'],
        [LEVEL.error, 'shutdown', 'shutdown'],
      ]);
      expect(reports[0]).toMatchObject({
        supervisor: {
          pid: String(tree),
          name: 'tree',
          strategy: 'one_for_one',
          restarts: 1,
          maxRestarts: 1,
          maxSeconds: 5,
        },
        child: { id: 'child', restart: 'permanent', type: 'worker' },
        reason: 'Error: boom',
        err: { message: 'boom' },
      });
    }),
  );

  it(
    'tells of starts at level debug only',
    simulated(async () => {
      const info = attachLog();
      const debug = attachLog({ level: 'debug' });
      const child = { id: 'vault', start: () => Vault.startLink('s') };
      const tree = await Supervisor.startLink([child], { strategy: 'one_for_one' });
      await Supervisor.stop(tree);
      info.detach();
      debug.detach();
      expect(info.lines()).toEqual([]);
      expect(debug.lines()).toHaveLength(1);
      expect(debug.lines()[0]).toMatchObject({
        level: LEVEL.debug,
        child: { id: 'vault', pid: expect.stringMatching(/^#PID/) },
      });
    }),
  );
});

describe('the other reports', () => {
  it(
    'tells of a message that a server does not expect, by its type',
    simulated(async () => {
      const { lines, detach } = attachLog();
      const vault = await Vault.startLink('s', { name: 'vault' });
      send('vault', { type: 'hello', password: 'x' });
      expect(await Vault.call(vault, 'open', 'k')).toBe('k');
      detach();
      expect(lines()[0]).toMatchObject({
        level: LEVEL.error,
        msg: `Vault ${vault} received an unexpected message: hello`,
      });
      expect(lines()[0]).not.toHaveProperty('message');
    }),
  );

  it(
    'tells of an end that a server does not expect whose it was, and why',
    simulated(
      async ({ down }) => {
        const { lines, detach } = attachLog();
        const Watcher = GenServer.define('Watcher', {
          init: () => 0,
          cast: { watches: (n, whom: Pid<never>) => (monitor(whom), link(whom), noreply(n)) },
          trapExit: true,
        });
        const watcher = await Watcher.start();
        const pid = spawn(async () => {
          await receive<string>();
          fail();
        });
        Watcher.cast(watcher, 'watches', pid);
        await sleep(1);
        send(pid as Pid<string>, 'now');
        await down(pid);
        await sleep(1);
        detach();
        const told = lines()
          .slice(1)
          .toSorted((a, b) => a.msg.localeCompare(b.msg));
        const fields = { reason: 'Error: boom', err: { message: 'boom' } };
        const who = `Watcher ${watcher} received an unexpected message`;
        expect(told).toMatchObject([
          { msg: `${who}: DOWN of ${pid}: Error: boom`, process: { lastMessage: 'DOWN' }, ...fields },
          { msg: `${who}: EXIT of ${pid}: Error: boom`, process: { lastMessage: 'EXIT' }, ...fields },
        ]);
        expect(told[0]).toMatchObject({ of: String(pid) });
        exit(watcher, 'kill');
        await down(watcher);
      },
      { crashes: 'allowed' },
    ),
  );

  it(
    'tells of dead letters at level debug only',
    simulated(async ({ down }) => {
      const gone = spawn<string>(() => {});
      await down(gone);
      const info = attachLog();
      const debug = attachLog({ level: 'debug', redact: (message) => message });
      send(gone, 'anybody?');
      await sleep(1);
      info.detach();
      debug.detach();
      expect(info.lines()).toEqual([]);
      expect(debug.lines()).toMatchObject([
        {
          level: LEVEL.debug,
          msg: `dead letter to ${gone}: string`,
          to: String(gone),
          message: 'anybody?',
        },
      ]);
    }),
  );

  it(
    'tells that an application has ended: as information if that is in order',
    simulated(async () => {
      const { lines, detach } = attachLog();
      const app = Application.define('shop', {
        start: () => Supervisor.startLink([], { strategy: 'one_for_one' }),
      });
      await Application.start(app);
      await Application.stop(app);
      detach();
      expect(lines()).toMatchObject([
        {
          level: LEVEL.info,
          msg: 'application shop ended: stopped',
          application: { name: 'shop' },
          report: 'exited',
        },
      ]);
    }),
  );

  it(
    'tells by its error why an application did not start, and has all of the reason beside it',
    simulated(async () => {
      const { lines, detach } = attachLog();
      const app = Application.define('shop', {
        start: () => {
          throw new Error('no database');
        },
      });
      await Application.start(app).catch(() => {});
      detach();
      expect(lines()).toMatchObject([
        {
          level: LEVEL.error,
          msg: 'application shop did not start: Error: no database',
          reason: '["bad_return",["EXIT",Error: no database]]',
          report: 'start_error',
        },
      ]);
    }),
  );
});

describe('Logger.attach', () => {
  it(
    'writes no report below its level, nor below that of pino',
    simulated(async ({ expectCrash, settle }) => {
      expectCrash('boom');
      const errors = attachLog({ level: 'error' });
      const written: string[] = [];
      const stop = Logger.attach({ pino: pino({ level: 'fatal' }, { write: (line) => written.push(line) }) });
      await startTree([{ id: 'child', start: () => Boomer.startLink() }], {
        strategy: 'one_for_one',
        maxRestarts: 1,
      });
      await settle();
      errors.detach();
      stop();
      expect(errors.lines().map(({ level }) => level)).toEqual(Array.from({ length: 4 }, () => LEVEL.error));
      expect(written).toEqual([]);
    }),
  );

  it(
    'writes nothing once detached, twice or more',
    simulated(async ({ expectCrash, down }) => {
      expectCrash('boom');
      const { lines, detach } = attachLog();
      detach();
      detach();
      await down(spawn(fail));
      expect(lines()).toEqual([]);
    }),
  );

  it('refuses what are no options', () => {
    const attach = Logger.attach as (options: unknown) => () => void; // as untyped code would
    expect(() => attach({ level: 'loud' })).toThrow(
      "level must be 'debug', 'info', 'warn' or 'error', got loud",
    );
    expect(() => attach({ redact: 1 })).toThrow('redact must be a function, got 1');
    expect(() => attach({ pino: {} })).toThrow('pino must be a pino logger');
    for (const wrong of [null, 'info'])
      expect(() => attach(wrong)).toThrow("options must be an object such as { level: 'info' }, got ");
  });
});

describe('a pino that fails', () => {
  it(
    'hurts no process when it throws: the report is on stderr',
    simulated(async ({ expectCrash, down }) => {
      expectCrash('boom');
      const stderr = vi.spyOn(console, 'error').mockImplementation(() => {});
      const { detach } = attachLog({}, () => {
        throw new Error('disk full');
      });
      const crashed = spawn(fail);
      expect(await down(crashed)).toMatchObject({ message: 'boom' });
      expect(stderr.mock.calls).toEqual([
        [`pino threw Error: disk full; what was to be logged: process ${crashed} crashed: Error: boom`],
      ]);
      stderr.mockRestore();
      detach();
    }),
  );

  it(
    'ends neither a process nor the program when its stream fails later',
    onNode(async ({ expectCrash, down }) => {
      expectCrash('boom');
      const told = new Promise<unknown>((resolve) => {
        vi.spyOn(console, 'error').mockImplementation(resolve);
      });
      const { detach } = attachLog({ pino: pino({}, pino.destination({ dest: '/dev/full', sync: false })) });
      await down(spawn(fail));
      expect(await told).toMatch(/^the stream of pino failed: Error: ENOSPC/);
      vi.restoreAllMocks();
      expect(isAlive(self())).toBe(true);
      detach();
    }),
  );

  it(
    'may itself cause reports without an end to them',
    simulated(async ({ expectCrash, down }) => {
      expectCrash('boom');
      const { lines, detach } = attachLog({ level: 'debug' }, () => {
        emit('coppice.dead_letter', { to: 'nobody', message: 'again' });
      });
      await down(spawn(fail));
      detach();
      expect(lines().map(({ msg }) => msg)).toEqual([
        expect.stringContaining('crashed: Error: boom'),
        'held back 1 reports, most of them: dead letter',
      ]);
    }),
  );
});

/** A supervisor that is not linked to the test. */
async function startTree(...args: Parameters<typeof Supervisor.startLink>): Promise<SupervisorPid> {
  const tree = await Supervisor.startLink(...args);
  unlink(tree);
  return tree;
}

function fail(): never {
  throw new Error('boom');
}
