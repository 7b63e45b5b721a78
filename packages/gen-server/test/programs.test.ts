// Whole programs, as a user writes them: without a cast.
import { cancelTimer, sendAfter, sleep, type TimerRef } from '@coppice/core';
import {
  type From,
  GenServer,
  noreply,
  type PidOf,
  reply,
  type Server,
  type ServerRef,
  stopReply,
} from '@coppice/gen-server';
import { simulate } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

describe('a bank account whose withdrawals wait for money', () => {
  interface Receipt {
    readonly amount: number;
    readonly balance: number;
  }
  type Answer = Receipt | 'insufficient_funds';
  interface Expire {
    readonly type: 'expire';
    readonly id: number;
  }
  interface Waiting {
    readonly id: number;
    readonly amount: number;
    readonly from: From<Answer>;
    readonly timer: TimerRef;
  }
  interface State {
    readonly balance: number;
    readonly waiting: readonly Waiting[];
    readonly nextId: number;
  }

  const Account = GenServer.define('Account', {
    init: (opening: number): State => ({ balance: opening, waiting: [], nextId: 1 }),
    call: {
      balance: (state) => reply(state.balance, state),
      deposit: (state, amount: number) => {
        const next = settle({ ...state, balance: state.balance + amount });
        return reply(next.balance, next);
      },
      withdraw: (state, amount: number, from: From<Answer>) => {
        if (amount <= state.balance) {
          const balance = state.balance - amount;
          return reply({ amount, balance }, { ...state, balance });
        }
        const id = state.nextId;
        const timer: TimerRef = sendAfter(Account.self(), { type: 'expire', id }, 1_000);
        const waiting = [...state.waiting, { id, amount, from, timer }];
        return noreply({ ...state, nextId: id + 1, waiting });
      },
      close: (state) => stopReply('normal', state.balance, state),
    },
    info: {
      expire: (state, { id }: Expire) => {
        const expired = state.waiting.find((one) => one.id === id);
        if (expired !== undefined) GenServer.reply(expired.from, 'insufficient_funds');
        return noreply({ ...state, waiting: state.waiting.filter((one) => one.id !== id) });
      },
    },
  });

  function settle(state: State): State {
    const [first, ...rest] = state.waiting;
    if (first === undefined || first.amount > state.balance) return state;
    cancelTimer(first.timer);
    const balance = state.balance - first.amount;
    GenServer.reply(first.from, { amount: first.amount, balance });
    return settle({ ...state, balance, waiting: rest });
  }

  it('serves who can be served, and the others when money or the end of their time comes', () =>
    simulate(async ({ now }) => {
      const account: PidOf<typeof Account> = await Account.startLink(100, { name: 'account' });
      expect(await Account.call(account, 'withdraw', 30)).toEqual({ amount: 30, balance: 70 });
      const patient = Account.call(account, 'withdraw', 500, { timeout: 'infinity' });
      const served = Account.call(account, 'withdraw', 80, { timeout: 'infinity' });
      await sleep(400);
      expect(await Account.call('account', 'deposit', 1_000)).toBe(490);
      expect(await patient).toEqual({ amount: 500, balance: 570 });
      expect(await served).toEqual({ amount: 80, balance: 490 });
      expect(now()).toBe(400);
      expect(await Account.call(account, 'withdraw', 5_000)).toBe('insufficient_funds');
      expect(now()).toBe(1_400);
      expect(await Account.call(account, 'close')).toBe(490);
      await expect(Account.call(account, 'balance')).rejects.toMatchObject({ reason: 'noproc' });
    }));
});

describe('a definition whose protocol is written out', () => {
  interface RateProtocol {
    readonly call: { readonly read: () => number; readonly add: (by: number) => number };
    readonly cast: { readonly reset: () => void };
    readonly info: never;
    readonly state: number;
  }
  const RateCounter: Server<RateProtocol, [start: number]> = GenServer.define('RateCounter', {
    init: (start: number) => start,
    call: { read: (n) => reply(n, n), add: (n, by: number) => reply(n + by, n + by) },
    cast: { reset: () => noreply(0) },
  });
  /** Any server that answers `read` will do. */
  const readAny = (server: ServerRef<{ readonly call: { readonly read: () => number } }>) =>
    GenServer.call(server, 'read');

  it('serves whoever asks for a part of it', () =>
    simulate(async () => {
      const counter = await RateCounter.startLink(1);
      expect(await RateCounter.call(counter, 'add', 2)).toBe(3);
      expect(await readAny(counter)).toBe(3);
      RateCounter.cast(counter, 'reset');
      expect(await GenServer.getState(counter)).toBe(0);
    }));
});
