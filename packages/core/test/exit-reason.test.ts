import { formatValue, StartError } from '@coppice/core';
import { describe, expect, it } from 'vitest';

const reason = { shutdown: ['failed_to_start_child', 'db', ['EXIT', new RangeError('no such port')]] };

describe('formatValue', () => {
  it('writes errors inside of a value', () => {
    expect(formatValue(reason)).toBe(
      '{"shutdown":["failed_to_start_child","db",["EXIT","RangeError: no such port"]]}',
    );
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
