import { requireMs, requireName, requireTimeout } from '@coppice/core';
import { describe, expect, it } from 'vitest';

describe('requireTimeout', () => {
  it.each([0, 1.5, Number.MAX_SAFE_INTEGER, 'infinity'])('takes %o', (value) => {
    expect(() => requireTimeout(value, 'timeout')).not.toThrow();
  });

  it.each([
    [-1, new RangeError('timeout must be 0 or more milliseconds, got -1')],
    [Number.NaN, new RangeError('timeout must be 0 or more milliseconds, got NaN')],
    [Number.POSITIVE_INFINITY, new RangeError('timeout must be 0 or more milliseconds, got Infinity')],
    ['soon', new TypeError('timeout must be milliseconds or \'infinity\', got "soon"')],
    [undefined, new TypeError("timeout must be milliseconds or 'infinity', got undefined")],
  ])('refuses %o, naming the parameter', (value, error) => {
    expect(() => requireTimeout(value, 'timeout')).toThrow(error);
  });
});

describe('requireMs', () => {
  it('refuses what has no end', () => {
    expect(() => requireMs(5, 'ms')).not.toThrow();
    expect(() => requireMs('infinity', 'ms')).toThrow(
      new TypeError('ms must be milliseconds, got "infinity"'),
    );
  });
});

describe('requireName', () => {
  const via = { registerName: () => true, unregisterName: () => {}, whereisName: () => undefined };

  it.each(['n', { global: 1 }, { via, key: 1 }, { local: 'n', node: 'main' }, { name: 'typed' }])(
    'takes %o',
    (value) => {
      expect(() => requireName(value, 'name')).not.toThrow();
    },
  );

  it.each([
    '',
    'undefined',
    5,
    null,
    undefined,
    {},
    { via: {}, key: 1 },
    { via },
    { local: 'n' },
    { name: {} },
  ])('refuses %o, naming the parameter', (value) => {
    expect(() => requireName(value, 'where')).toThrow(/^where must be a non-empty string, /);
  });
});
