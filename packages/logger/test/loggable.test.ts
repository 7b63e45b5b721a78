import { makeRef, self, spawn } from '@coppice/core';
import { GenServer } from '@coppice/gen-server';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';
import { attachLog } from './log.ts';

const Keeper = GenServer.define('Keeper', {
  init: (state: unknown) => state,
  cast: {
    fail() {
      throw new Error('boom');
    },
  },
});

/** What is in the record of the crash of a server that has `state`. */
async function logged(
  state: unknown,
  down: (pid: ReturnType<typeof self>) => Promise<unknown>,
): Promise<unknown> {
  const { lines, detach } = attachLog({ redact: (value) => value });
  const keeper = await Keeper.start(state);
  Keeper.cast(keeper, 'fail');
  await down(keeper);
  detach();
  return lines()[0]?.['state'];
}

describe('a state in a record', () => {
  it(
    'is plain data whatever it was',
    simulated(
      async ({ down }) => {
        class Point {
          readonly x = 1;
          readonly #hidden = 2;
          sum(): number {
            return this.x + this.#hidden;
          }
        }
        const ref = makeRef();
        const state = {
          map: new Map([['a', 1]]),
          pairs: new Map([[1, 'a']]),
          set: new Set([1, 2]),
          bytes: new Uint8Array(3),
          file: Buffer.alloc(3),
          date: new Date(0),
          big: 10n,
          not: Number.NaN,
          error: new RangeError('far'),
          point: new Point(),
          fn: spawn,
          pid: self(),
          ref,
          nothing: null,
        };
        expect(await logged(state, down)).toEqual({
          map: { a: 1 },
          pairs: [[1, 'a']],
          set: [1, 2],
          bytes: '[Uint8Array of 3 bytes]',
          file: '[Buffer of 3 bytes]',
          date: '1970-01-01T00:00:00.000Z',
          big: '10n',
          not: 'NaN',
          error: 'RangeError: far',
          point: { x: 1 },
          fn: '[function spawn]',
          pid: String(self()),
          ref: String(ref),
          nothing: null,
        });
      },
      { crashes: 'allowed' },
    ),
  );

  it(
    'is cut where it is large, deep or circular',
    simulated(
      async ({ down }) => {
        const circle: { readonly name: string; self?: unknown } = { name: 'c' };
        circle.self = circle;
        const large = Array.from({ length: 100_000 }, (_, index) => ({ index }));
        const text = JSON.stringify(await logged({ circle, text: 'x'.repeat(10_000), large }, down));
        expect(text.length).toBeLessThan(20_000);
        expect(text).toContain('{"index":3}');
        expect(text).toContain('x…"');
        expect(text).toContain('"self":"…"');
      },
      { crashes: 'allowed', isolation: 'share' },
    ),
  );

  it(
    'says which part can not be read',
    simulated(
      async ({ down }) => {
        const state = {
          get broken(): never {
            throw new Error('no');
          },
        };
        expect(await logged({ state, count: 1 }, down)).toEqual({
          state: '[unreadable: Error: no]',
          count: 1,
        });
      },
      { crashes: 'allowed', isolation: 'share' },
    ),
  );
});
