import {
  ExitError,
  type ExitReason,
  errorIn,
  isAbnormal,
  isNocatch,
  isShutdown,
  StartError,
} from '@coppice/core';
import { describe, expect, it } from 'vitest';

const reason = { shutdown: ['failed_to_start_child', 'db', ['EXIT', new RangeError('no such port')]] };

describe('ExitError', () => {
  it('says what a reason of the runtime’s means', () => {
    expect(new ExitError('noproc').message).toBe('exited: noproc (no live process has this pid or name)');
    expect(new ExitError({ bad_return_value: undefined }).message).toBe(
      'exited: {"bad_return_value":undefined} (a callback gave or threw what it may not: a server’s gives reply(…), noreply(…) or stop(…) and throws errors, getAndUpdate’s gives [value, state])',
    );
    expect(new ExitError('mine').message).toBe('exited: mine');
  });
});

describe('isAbnormal, isShutdown, isNocatch', () => {
  it.each<readonly [reason: ExitReason, isAbnormal: boolean, isShutdown: boolean, isNocatch: boolean]>([
    ['normal', false, false, false],
    ['shutdown', false, false, false],
    [{ shutdown: undefined }, false, true, false],
    ['kill', true, false, false],
    ['killed', true, false, false],
    ['noproc', true, false, false],
    [{ nocatch: undefined }, true, false, true],
    [new Error('boom'), true, false, false],
    [Object.assign(new Error('boom'), { shutdown: 1, nocatch: 1 }), true, false, false],
    [undefined, true, false, false],
    [null, true, false, false],
  ])('of %o', (reason, abnormal, shutdown, nocatch) => {
    expect([isAbnormal(reason), isShutdown(reason), isNocatch(reason)]).toEqual([
      abnormal,
      shutdown,
      nocatch,
    ]);
  });
});

describe('errorIn', () => {
  it('finds the error in a shutdown or a tuple, and none in other values', () => {
    expect(errorIn(reason)).toBeInstanceOf(RangeError);
    expect(errorIn({ nocatch: new Error('a value that was thrown') })).toBeUndefined();
    expect(errorIn('crash')).toBeUndefined();
  });
});

describe('StartError', () => {
  it('has the error inside of its reason as its cause', () => {
    const error = new StartError('Tree', reason);
    expect(error.message).toContain('RangeError: no such port');
    expect(error.cause).toBeInstanceOf(RangeError);
    expect(new StartError('Tree', { shutdown: ['failed_to_start_child', 'db', 'nope'] }).cause).toBe(
      undefined,
    );
  });
});
