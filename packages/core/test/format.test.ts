import { describe as describeValue, formatBanner, formatExit, formatValue, makeRef } from '@coppice/core';
import { describe, expect, it } from 'vitest';

const reason = { shutdown: ['failed_to_start_child', 'db', ['EXIT', new RangeError('no such port')]] };

describe('formatValue', () => {
  it('writes errors inside of a value', () => {
    expect(formatValue(reason)).toBe(
      '{"shutdown":["failed_to_start_child","db",["EXIT",RangeError: no such port]]}',
    );
  });

  it('says what is undefined', () => {
    expect(formatValue({ request: 'read', payload: undefined })).toBe(
      '{"request":"read","payload":undefined}',
    );
    expect(formatValue({ bad_return_value: undefined })).toBe('{"bad_return_value":undefined}');
    expect(formatValue(['failed_to_start_child', 'db', undefined])).toBe(
      '["failed_to_start_child","db",undefined]',
    );
  });

  it('of a return that is none writes the shape alone, wherever it stands: most are a state, and that may hold secrets', () => {
    const state = { user: 'ada', password: 'hunter2' };
    expect(formatValue({ bad_return_value: state })).toBe('{"bad_return_value":{user, password}}');
    expect(formatValue({ shutdown: ['failed_to_start_child', 'db', { bad_return_value: state }] })).toBe(
      '{"shutdown":["failed_to_start_child","db",{"bad_return_value":{user, password}}]}',
    );
    expect(formatValue({ bad_return_value: ['hunter2', 1] })).toBe('{"bad_return_value":an array of 2}');
    const many = Object.fromEntries(Array.from({ length: 99 }, (_, index) => [`key${index}`, index]));
    expect(formatValue({ bad_return_value: many })).toBe(
      '{"bad_return_value":{key0, key1, key2, key3, key4, key5, …}}',
    );
  });

  it('of what JSON cannot write, or would write as nothing or at length, writes the shape', () => {
    const circular: Record<string, unknown> = { id: 1 };
    circular['self'] = circular;
    expect(formatValue(circular)).toBe('{id, self}');
    expect(formatValue(['bad_frame', new Uint8Array(8)])).toBe('["bad_frame",Uint8Array(8 bytes)]');
    expect(formatValue({ handler: () => {}, id: Symbol('s'), n: 5n, of: Number.NaN })).toBe(
      '{"handler":[function handler],"id":Symbol(s),"n":5n,"of":NaN}',
    );
    expect(formatValue({ users: new Map([['ada', 'hunter2']]), seen: new Set([1]) })).toBe(
      '{"users":Map(1),"seen":Set(1)}',
    );
  });

  it('of a large value looks at no more than some hundred parts', () => {
    let seen = 0;
    const inner = {
      toJSON: () => {
        seen += 1;
        return seen;
      },
    };
    expect(formatValue(Array.from({ length: 10_000 }, () => ({ inner })))).toHaveLength(401);
    expect(seen).toBeLessThan(500);
  });

  it('writes what prints itself as that does', () => {
    const ref = makeRef();
    expect(formatValue(ref)).toBe(`${ref}`);
    expect(formatValue(new Date(0))).toBe('1970-01-01T00:00:00.000Z');
    expect(formatValue({ toJSON: true, deep: { toJSON: 'no' } })).toBe(
      '{"toJSON":true,"deep":{"toJSON":"no"}}',
    );
  });
});

describe('an argument in an error message', () => {
  it('is told by its kind, not by what it makes of itself, unless that is a text', () => {
    const { prototype } = class Config {};
    expect(describeValue(Object.create(prototype))).toBe('an instance of Config');
    expect(describeValue({ toJSON: () => ({ password: 'hunter2' }) })).toBe('{toJSON}');
    expect(describeValue(Buffer.alloc(3))).toBe('an instance of Buffer');
    expect(describeValue(new Date(0))).toBe('1970-01-01T00:00:00.000Z');
    expect(describeValue(Object.create(Object.create(null), { a: { value: 1, enumerable: true } }))).toBe(
      '{a}',
    );
  });
});

describe('formatExit', () => {
  it('tells the errors of an AggregateError, which may have no message of its own', () => {
    const refused = new AggregateError([new Error('connect ::1:5432'), new Error('connect 127.0.0.1:5432')]);
    expect(formatExit(refused)).toMatch(
      /caused by: Error: connect ::1:5432\n[^]*caused by: Error: connect 127.0.0.1:5432\n/,
    );
    expect(formatValue(refused)).toBe(
      'AggregateError: Error: connect ::1:5432, Error: connect 127.0.0.1:5432',
    );
  });

  it('tells each cause once, and of a long message the beginning, with the frames behind it', () => {
    const error = new Error('first');
    error.cause = new Error('second', { cause: error });
    expect(formatExit(error).match(/^.*Error: .*$/gm)).toEqual(['Error: first', 'caused by: Error: second']);
    const long = formatExit(new Error('x'.repeat(100_000)));
    expect(long.length).toBeLessThan(20_000);
    expect(long).toMatch(/x…\n\s+at .*format\.test/);
  });

  it('ends, whatever an AggregateError holds', () => {
    const circular = new AggregateError([]);
    circular.errors.push(circular, circular, [circular]);
    expect(formatValue(circular)).toBe('AggregateError: AggregateError: , AggregateError: , object');
    let wide = new AggregateError([]);
    for (let depth = 0; depth < 12; depth += 1)
      wide = new AggregateError(Array.from({ length: 6 }, () => wide));
    expect(formatValue(wide)).toMatch(/^AggregateError: /);
    expect(formatExit(wide).match(/^(?:caused by: )?AggregateError/gm)?.length).toBeLessThan(12);
  });

  it('of an error whose message is no text tells the stack', () => {
    const odd = Object.assign(new Error('first'), { message: undefined });
    expect(formatExit(new Error('outer', { cause: odd }))).toMatch(
      /^Error: outer\n[^]*caused by: Error: .*\n\s+at /,
    );
  });

  it('is one without stack and causes as a banner', () => {
    const error = new RangeError('odd', { cause: new Error('inner') });
    expect([error, { nocatch: 'ball' }, 'killed'].map((each) => formatBanner(each))).toEqual([
      'RangeError: odd',
      '(throw) ball',
      'killed',
    ]);
  });

  it('of an error whose stack is no text tells its name and message', () => {
    expect(formatExit(Object.assign(new RangeError('odd'), { stack: 42 }))).toBe('RangeError: odd');
  });
});
