import { explore, simulated } from '@coppice/testing';
import { exit, isAlive, type Outcome, Supervisor, sleep, spawn, subscribe, Task, whereis } from 'coppice';
import { describe, expect, it } from 'vitest';
import { CircuitBreaker, CircuitOpenError, guarded } from '../src/circuit-breaker.ts';

subscribe('coppice.supervisor.report', () => {}); // else on stderr

const breaker = CircuitBreaker.name('breaker');
const start = () =>
  Supervisor.startLink([CircuitBreaker.childSpec({ limit: 3, coolDownMs: 1_000 }, { name: breaker })], {
    strategy: 'one_for_one',
  });
const state = async () => (await CircuitBreaker.snapshot(breaker)).value;
const works = () => guarded(breaker, async () => 'done');
const fails = () =>
  guarded(breaker, async () => {
    throw new Error('down');
  });
const failThrice = async () => {
  for (let times = 0; times < 3; times += 1) await expect(fails()).rejects.toThrow('down');
};

describe('guarded', () => {
  it(
    'goes on through failures that are not in a row',
    simulated(async () => {
      await start();
      for (let round = 0; round < 3; round += 1) {
        await expect(fails()).rejects.toThrow('down');
        await expect(fails()).rejects.toThrow('down');
        expect(await works()).toBe('done');
      }
      expect(await state()).toBe('closed');
    }),
  );

  it(
    'refuses without trying after the third failure, until it has cooled down',
    simulated(async ({ now }) => {
      await start();
      await failThrice();
      let tried = 0;
      const attempt = () =>
        guarded(breaker, async () => {
          tried += 1;
        });
      await expect(attempt()).rejects.toThrow(CircuitOpenError);
      await sleep(999);
      await expect(attempt()).rejects.toThrow(CircuitOpenError);
      expect(tried).toBe(0);
      await CircuitBreaker.waitFor(breaker, (snapshot) => snapshot.matches('halfOpen'));
      expect(now()).toBe(1_000);
      await attempt();
      expect([tried, await state()]).toEqual([1, 'closed']);
    }),
  );

  it('lets one try after that, in whatever order they come', () =>
    explore(async () => {
      await start();
      await failThrice();
      await sleep(1_000);
      const attempt = async (): Promise<Outcome<string>> => {
        try {
          return { ok: true, value: await guarded(breaker, () => sleep(10).then(() => 'done')) };
        } catch (error) {
          return { ok: false, reason: error };
        }
      };
      const outcomes = await Task.awaitMany([attempt, attempt, attempt].map((each) => Task.async(each)));
      expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
      expect(await state()).toBe('closed');
    }));

  it(
    'opens again when the trial fails, and when who tries is killed',
    simulated(async ({ down }) => {
      await start();
      await failThrice();
      await sleep(1_000);
      await expect(fails()).rejects.toThrow('down');
      expect(await state()).toBe('open');
      await sleep(1_000);
      const trier = spawn(() => guarded(breaker, () => sleep('infinity')));
      await sleep(1);
      expect([isAlive(trier), await state()]).toEqual([true, 'trial']);
      exit(trier, 'kill');
      await down(trier);
      await expect(works()).rejects.toThrow(CircuitOpenError);
      await CircuitBreaker.waitFor(breaker, (snapshot) => snapshot.matches('open'));
      await sleep(1_000);
      expect(await works()).toBe('done');
    }),
  );

  it(
    'begins closed after the breaker has been killed',
    simulated(async ({ down, settle }) => {
      await start();
      await failThrice();
      const killed = whereis(breaker);
      if (killed === undefined) throw new Error('there is no breaker');
      exit(killed, 'kill');
      await down(killed);
      await settle();
      expect(await works()).toBe('done');
    }),
  );
});
