import { simulated } from '@coppice/testing';
import { GenServer, sleep } from 'coppice';
import { describe, expect, it } from 'vitest';
import { Door } from '../src/door.ts';

const door = Door.name('door');
const options = { code: '1234', openMs: 10_000, pauseMs: 30_000, drawBolt: () => {} };
const press = (digits: string) => {
  for (const digit of digits) Door.cast(door, { type: 'digit', digit });
};
const state = async () => (await Door.snapshot(door)).value;

describe('Door', () => {
  it(
    'opens for its code, whatever was pressed before',
    simulated(async () => {
      await Door.startLink(options, { name: door });
      press('1235');
      expect(await state()).toBe('locked');
      press('91234');
      expect(await state()).toBe('open');
    }),
  );

  it(
    'locks itself, as long after it was opened whatever is pressed meanwhile',
    simulated(async ({ now }) => {
      await Door.startLink(options, { name: door });
      press('1234');
      await sleep(9_999);
      press('5');
      expect(await state()).toBe('open');
      await Door.waitFor(door, (snapshot) => snapshot.matches('locked'));
      expect(now()).toBe(10_000);
    }),
  );

  it(
    'keeps what is pressed while it is open, and opens for it',
    simulated(async () => {
      await Door.startLink(options, { name: door });
      press('12341234');
      await sleep(10_001);
      expect(await state()).toBe('open');
      await sleep(10_001);
      expect(await state()).toBe('locked');
    }),
  );

  it(
    'forgets after a pause, which each digit begins anew',
    simulated(async () => {
      await Door.startLink(options, { name: door });
      for (const digit of '123') {
        press(digit);
        await sleep(29_999);
      }
      press('4');
      expect(await state()).toBe('open');
      await sleep(10_001);
      press('123');
      await sleep(30_001);
      press('4');
      expect(await state()).toBe('locked');
    }),
  );

  it(
    'crashes when the bolt is stuck, and shows its code to nobody',
    simulated(async ({ expectCrash, down }) => {
      expectCrash('stuck');
      const drawBolt = () => {
        throw new Error('stuck');
      };
      const pid = await Door.start({ ...options, drawBolt }, { name: door });
      expect((await GenServer.getStatus(pid)).state).toBe('locked');
      press('1234');
      expect(await down(pid)).toMatchObject({ message: 'stuck' });
    }),
  );
});
