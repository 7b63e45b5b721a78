import assert from 'node:assert/strict';
import {
  createNode,
  ExitError,
  exit,
  ProcLib,
  receive,
  send,
  sleep,
  spawn,
  spawnLink,
  trapExit,
} from '@coppice/core';
import { type CrashMatch, MissingCrashError, simulate, UndeclaredCrashError } from '@coppice/testing';
import { describe, expect, it, vi } from 'vitest';

function crash(reason: unknown): void {
  spawn(() => {
    throw reason;
  });
}

describe('a crash that nobody declared', () => {
  it('fails the test, with the report of each', async () => {
    const boom = new Error('boom');
    const run = simulate(() => {
      crash(boom);
      crash('thrown');
    });
    const error: unknown = await run.catch((thrown: unknown) => thrown);
    assert(error instanceof UndeclaredCrashError);
    expect(error.crashes.map(({ reason }) => reason)).toEqual([boom, { nocatch: 'thrown' }]);
    expect(error.cause).toBe(boom);
    expect(error.message).toMatch(
      /crashes that the test did not declare with expectCrash: 2[^]*crashed: [^]*boom[^]*\(throw\) thrown/,
    );
  });

  it('is told beside what was declared', async () => {
    const run = simulate(({ expectCrash }) => {
      expectCrash('bang');
      expectCrash(/fuel/);
      crash(new Error('boom'));
    });
    await expect(run).rejects.toThrow('did not declare with expectCrash, only bang and /fuel/: 1\n');
  });

  it('fails it also if it comes when the body has returned', async () => {
    await expect(simulate(() => crash(new Error('late')))).rejects.toThrow('late');
  });

  it('fails it in a behaviour too, by a throw or by exit', async () => {
    const behaviour = {
      module: 'Fragile',
      init: () => {},
      handle: () => exit('bad'),
    };
    const run = simulate(async () => {
      const pid = await ProcLib.start(behaviour, { name: 'fragile' });
      expect(pid).not.toBe('ignore');
      send('fragile', 'go');
    });
    await expect(run).rejects.toThrow(/Fragile[^]*bad/);
  });

  it('is none if a signal ended the process, or its reason is normal or shutdown', () =>
    simulate(async ({ down }) => {
      const pid = spawn(() => sleep('infinity'));
      exit(pid, 'bad');
      expect(await down(pid)).toBe('bad');
      for (const reason of ['normal', 'shutdown', { shutdown: 1 }]) {
        expect(await down(spawn(() => exit(reason)))).toEqual(reason);
      }
    }));

  it('writes nothing to stderr', async () => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      await simulate(({ expectCrash }) => {
        expectCrash();
        crash(new Error('quiet'));
      });
      expect(write).not.toHaveBeenCalled();
    } finally {
      write.mockRestore();
    }
  });

  it('is told as ever when it is of a node that is not under test', async () => {
    const told = vi.spyOn(console, 'error').mockReturnValue();
    try {
      await simulate(async () => {
        const other = createNode();
        await other
          .run(() => {
            throw new Error('elsewhere');
          })
          .catch(() => {});
      });
      expect(told).toHaveBeenCalledWith(expect.stringContaining('elsewhere'));
    } finally {
      told.mockRestore();
    }
  });
});

describe('expectCrash', () => {
  class OutOfFuel extends Error {}
  const matching: readonly [string, unknown, CrashMatch | undefined][] = [
    ['any', new Error('boom'), undefined],
    ['a part of the message', new Error('it went boom'), 'boom'],
    ['a text as reason', new ExitError('broken'), 'broken'],
    ['a pattern', new Error('line 7'), /line \d/],
    ['a class', new OutOfFuel('empty'), OutOfFuel],
    ['a base class', new OutOfFuel('empty'), Error],
    ['a predicate', new Error('boom'), (crash) => crash.reason instanceof Error && crash.name === undefined],
    ['a reason by its contents', { code: [1] }, { nocatch: { code: [1] } }],
  ];

  for (const [what, reason, match] of matching) {
    it(`takes ${what}, before or after the crash`, async () => {
      const body = { module: 'Body', init: () => Promise.reject(reason), handle: () => {} };
      const start = () => ProcLib.start(body).catch(() => {});
      await simulate(async ({ expectCrash }) => {
        expectCrash(match);
        await start();
      });
      await simulate(async ({ expectCrash }) => {
        await start();
        expectCrash(match);
      });
    });
  }

  const others: readonly [string, unknown, CrashMatch][] = [
    ['another text', new Error('boom'), 'bang'],
    ['another pattern', new Error('boom'), /bang/],
    ['another class', new Error('boom'), OutOfFuel],
    ['a predicate that says no', new Error('boom'), () => false],
    ['other contents', { code: [1] }, { nocatch: { code: [2] } }],
  ];

  for (const [what, reason, match] of others) {
    it(`does not take ${what}`, async () => {
      const run = simulate(({ expectCrash }) => {
        expectCrash(match);
        crash(reason);
      });
      await expect(run).rejects.toThrow(UndeclaredCrashError);
    });
  }

  it('covers each crash that it matches', () =>
    simulate(({ expectCrash }) => {
      expectCrash('boom');
      crash(new Error('boom 1'));
      crash(new Error('boom 2'));
    }));

  it('fails the test when the crash does not come', async () => {
    const run = simulate(({ expectCrash }) => expectCrash('boom'));
    await expect(run).rejects.toThrow(MissingCrashError);
    await expect(run).rejects.toThrow('the test declared a crash that matches boom, and none came');
    const byPattern = simulate(({ expectCrash }) => expectCrash(/boom/));
    await expect(byPattern).rejects.toThrow('the test declared a crash that matches /boom/, and none came');
  });

  it('refuses what can match nothing', () =>
    simulate(({ expectCrash }) => {
      // @ts-expect-error no match
      expect(() => expectCrash(7)).toThrow(
        new TypeError('match must be a text, a pattern, a class of errors, a predicate or a reason, got 7'),
      );
    }));
});

describe("crashes: 'allowed'", () => {
  it('lets all crashes pass', async () => {
    const value = await simulate(
      () => {
        crash(new Error('one'));
        crash('two');
        return 'fine';
      },
      { crashes: 'allowed' },
    );
    expect(value).toBe('fine');
  });
});

describe('a failed expect', () => {
  it('in any process fails the test with its own error, also where crashes are allowed', async () => {
    const run = simulate(() => void spawn(() => expect(1).toBe(2)), { crashes: 'allowed' });
    await expect(run).rejects.toMatchObject({ name: 'AssertionError', actual: 1, expected: 2 });
  });

  it('of node:assert does too', async () => {
    const run = simulate(() => void spawn(() => assert.equal(1, 2)), { crashes: 'allowed' });
    await expect(run).rejects.toMatchObject({ name: 'AssertionError', actual: 1, expected: 2 });
  });

  it('comes before what it brought about in the body', async () => {
    const run = simulate(async () => {
      trapExit(true);
      spawnLink(() => expect('in the process').toBe('right'));
      await receive();
      throw new Error('in the body');
    });
    await expect(run).rejects.toThrow('in the process');
  });

  it('counts where it is the cause of another error', async () => {
    const failed = simulate(
      () =>
        void spawn(() => {
          try {
            expect(1).toBe(2);
          } catch (error) {
            throw new Error('wrapped', { cause: error });
          }
        }),
      { crashes: 'allowed' },
    );
    await expect(failed).rejects.toMatchObject({ name: 'AssertionError' });
  });
});
