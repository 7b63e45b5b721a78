import { createNode, ExitError, makeRef, monitor, self, spawn } from '@coppice/core';
import { describe, expect, it } from 'vitest';
import { Encoder } from '../src/encoder.ts';
import { ErlangError } from '../src/exceptions.ts';
import { atom, exception, moduleOf, struct, text } from '../src/term.ts';

const inProcess = <T>(fn: () => T): Promise<T> => createNode().run(fn);
const encode = (value: unknown) => new Encoder().encode(value);

describe('Encoder', () => {
  it('writes strings as atoms, quoted where Elixir quotes them', () => {
    expect(encode(['ok', 'Task.Supervisor', '$end_of_table'])).toEqual([
      ':ok',
      ':Task.Supervisor',
      ':"$end_of_table"',
    ]);
  });

  it('writes marked strings as text, keys of records as atoms in snake case', () => {
    expect(encode(text({ userName: 'ann', tags: ['x'], kind: atom('admin') }))).toEqual({
      ':kind': ':admin',
      ':tags': ['x'],
      ':user_name': 'ann',
    });
    expect(encode(text(new Map([['ann', 2]])))).toEqual({ ann: 2 });
  });

  it('writes undefined and null as nil, big integers as integers, functions by their arity', () => {
    expect(encode([undefined, null, true, 7n, 1.5, (_a: number) => 0])).toEqual([
      null,
      null,
      true,
      7,
      1.5,
      '#fun/1',
    ]);
  });

  it('numbers pids and refs in order of appearance, and uses given names', async () => {
    const encoded = await inProcess(() => {
      const encoder = new Encoder();
      encoder.name(self(), '#main');
      const other = spawn(() => {});
      return encoder.encode([other, self(), other, makeRef(), spawn(() => {})]);
    });
    expect(encoded).toEqual(['#p1', '#main', '#p1', '#ref1', '#p2']);
  });

  it('encodes a record in the order of its keys, so that numbers follow the keys', async () => {
    const encoded = await inProcess(() => encode({ b: spawn(() => {}), a: spawn(() => {}) }));
    expect(encoded).toEqual({ ':a': '#p1', ':b': '#p2' });
  });

  it('writes an error as a reason with a stack trace, or marked as what was raised', () => {
    const error = new Error('boom');
    expect(encode(error)).toEqual([{ exception: ':RuntimeError', message: 'boom' }, '#stacktrace']);
    expect(encode(exception(error))).toEqual({ exception: ':RuntimeError', message: 'boom' });
    expect(encode(moduleOf(error))).toBe(':RuntimeError');
  });

  it('writes the errors that Erlang raises as their terms', () => {
    expect(encode(new TypeError('ms must be …'))).toEqual([':badarg', '#stacktrace']);
    expect(encode(moduleOf(new RangeError('ms must be …')))).toBe(':ArgumentError');
    expect(encode(new ErlangError(['badkey', 'k']))).toEqual([[':badkey', ':k'], '#stacktrace']);
  });

  it('writes an exit of a call with its module, function and arguments', () => {
    const call = { module: 'Task', function: 'awaitMany', args: [[], 20] };
    expect(encode(new ExitError('timeout', call))).toEqual([':timeout', [':Task', ':await_many', [[], 20]]]);
    expect(encode(new ExitError('bye'))).toBe(':bye');
  });

  it('writes outcomes, reasons and messages as the tuples that OTP has', async () => {
    expect(encode({ ok: true, value: 1 })).toEqual([':ok', 1]);
    expect(encode({ ok: false, reason: 'timeout' })).toEqual([':exit', ':timeout']);
    expect(encode({ ok: false, reason: 'timeout', input: 500 })).toEqual([':exit', [500, ':timeout']]);
    expect(encode({ shutdown: 'x' })).toEqual([':shutdown', ':x']);
    expect(encode({ nocatch: 'v' })).toEqual([[':nocatch', ':v'], '#stacktrace']);
    const down = await inProcess(() => {
      const pid = spawn(() => {});
      const ref = monitor(pid);
      return encode({ type: 'DOWN', ref, object: pid, reason: 'normal' });
    });
    expect(down).toEqual([':DOWN', '#ref1', ':process', '#p1', ':normal']);
  });

  it('writes structs with bare keys', () => {
    expect(encode(struct('GameState', { round: 1, players: text(['ann']) }))).toEqual({
      struct: ':GameState',
      players: ['ann'],
      round: 1,
    });
  });
});
