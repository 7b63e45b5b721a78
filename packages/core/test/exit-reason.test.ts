import {
  ExitError,
  type ExitReason,
  errorIn,
  formatValue,
  isAbnormal,
  isNocatch,
  isShutdown,
  makeRef,
  StartError,
} from '@coppice/core';
import { describe, expect, it } from 'vitest';

const reason = { shutdown: ['failed_to_start_child', 'db', ['EXIT', new RangeError('no such port')]] };

describe('formatValue', () => {
  it('writes errors inside of a value', () => {
    expect(formatValue(reason)).toBe(
      '{"shutdown":["failed_to_start_child","db",["EXIT","RangeError: no such port"]]}',
    );
  });

  it('says what is undefined where nothing else is said', () => {
    expect(formatValue({ request: 'read', payload: undefined })).toBe('{"request":"read"}');
    expect(formatValue({ bad_return_value: undefined })).toBe('{"bad_return_value":"undefined"}');
    expect(formatValue(['failed_to_start_child', 'db', undefined])).toBe(
      '["failed_to_start_child","db","undefined"]',
    );
  });

  it('of a return that is none writes the shape alone, wherever it stands: most are a state, and that may hold secrets', () => {
    const state = { user: 'ada', password: 'hunter2' };
    expect(formatValue({ bad_return_value: state })).toBe('{"bad_return_value":"{user, password}"}');
    expect(formatValue({ shutdown: ['failed_to_start_child', 'db', { bad_return_value: state }] })).toBe(
      '{"shutdown":["failed_to_start_child","db",{"bad_return_value":"{user, password}"}]}',
    );
    expect(formatValue({ bad_return_value: ['hunter2', 1] })).toBe('{"bad_return_value":"an array of 2"}');
    const many = Object.fromEntries(Array.from({ length: 99 }, (_, index) => [`key${index}`, index]));
    expect(formatValue({ bad_return_value: many })).toBe(
      '{"bad_return_value":"{key0, key1, key2, key3, key4, key5, …}"}',
    );
  });

  it('writes what prints itself as that does', () => {
    const ref = makeRef();
    expect(formatValue(ref)).toBe(`${ref}`);
    expect(formatValue(new Date(0))).toBe('1970-01-01T00:00:00.000Z');
  });
});

describe('ExitError', () => {
  it('says what a reason of the runtime’s means', () => {
    expect(new ExitError('noproc').message).toBe('exited: noproc (no live process has this pid or name)');
    expect(new ExitError({ bad_return_value: undefined }).message).toBe(
      'exited: {"bad_return_value":"undefined"} (a callback gave what it may not give: a server’s gives reply(…), noreply(…) or stop(…))',
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
