import {
  type Behaviour,
  createNode,
  exit,
  Gen,
  hibernate,
  ProcLib,
  processInfo,
  receive,
  self,
  send,
  sleep,
  spawnMonitor,
} from '@coppice/core';
import { simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

/** A behaviour that writes down what it is called with. */
class Recorder implements Behaviour {
  readonly module = 'Recorder';
  readonly seen: unknown[] = [];
  readonly onMessage: (message: unknown) => void;
  continues: number;

  constructor(continues: number, onMessage: (message: unknown) => void = () => {}) {
    this.continues = continues;
    this.onMessage = onMessage;
  }

  init(): void {
    send(self<unknown>(), 'early');
    if (this.continues > 0) ProcLib.continueNext();
  }

  handle(message: unknown): void {
    this.seen.push(message);
    this.onMessage(message);
  }

  continue(): void {
    this.continues -= 1;
    this.seen.push('continue');
    if (this.continues > 0) ProcLib.continueNext();
  }
}

describe('ProcLib.continueNext', () => {
  it('runs continue before messages that are queued already, as often as it is asked for', async () => {
    const recorder = new Recorder(3);
    await createNode().run(async () => {
      const pid = await ProcLib.start(recorder);
      if (pid === 'ignore') throw new Error('ignored');
      await Gen.wait(
        Gen.sendRequest(pid, (from) => {
          Gen.reply(from, undefined);
          return 'last';
        }),
        'infinity',
      );
    });
    expect(recorder.seen).toEqual(['continue', 'continue', 'continue', 'early', 'last']);
  });

  it('lets other processes run in an endless chain, and the chain be killed', async () => {
    const recorder = new Recorder(Number.POSITIVE_INFINITY);
    await createNode().run(async () => {
      const started = await ProcLib.startMonitor(recorder);
      if (started === 'ignore') throw new Error('ignored');
      exit(started.pid, 'kill');
      expect(await receive()).toMatchObject({ type: 'DOWN', reason: 'killed' });
    });
    expect(recorder.seen).not.toContain('early');
  });
});

describe('ProcLib.behaviour', () => {
  it('is the behaviour of the calling process, and undefined in a body', async () => {
    await createNode().run(async () => {
      expect(ProcLib.behaviour()).toBeUndefined();
      const own = new Promise((resolve) => {
        void ProcLib.start(new Recorder(0, () => resolve(ProcLib.behaviour())));
      });
      expect(await own).toBeInstanceOf(Recorder);
    });
  });
});

describe('ProcLib.enterLoop', () => {
  it('hands the mailbox of a body to a behaviour, until it exits', async () => {
    const recorder = new Recorder(0, (message) => {
      if (message === 'stop') exit('done');
    });
    await createNode().run(async () => {
      let ended = (): void => {};
      const hasEnded = new Promise<void>((resolve) => {
        ended = resolve;
      });
      const { pid } = spawnMonitor(async () => {
        try {
          await ProcLib.enterLoop(recorder);
        } finally {
          ended();
        }
      });
      const open = pid as Parameters<typeof send<unknown>>[0]; // a recorder takes anything
      send(open, 'one');
      send(open, 'stop');
      expect(await receive()).toMatchObject({ type: 'DOWN', reason: 'done' });
      await hasEnded;
    });
    expect(recorder.seen).toEqual(['one', 'stop']);
  });

  it('is refused where there is no body', async () => {
    await createNode().run(async () => {
      const refused = new Promise((resolve) => {
        void ProcLib.start(
          new Recorder(0, () => {
            ProcLib.enterLoop(new Recorder(0)).catch(resolve);
          }),
        );
      });
      expect(await refused).toBeInstanceOf(TypeError);
    });
  });
});

describe('hibernate', () => {
  it(
    'of a behaviour lasts until its next message',
    simulated(async () => {
      const seen: unknown[] = [];
      const recorder = new Recorder(0, (message) => {
        seen.push(processInfo(self())?.status);
        if (message === 'sleep') hibernate();
      });
      const pid = await ProcLib.start(recorder);
      if (pid === 'ignore') throw new Error('ignored');
      const open = pid as Parameters<typeof send<unknown>>[0]; // a recorder takes anything
      send(open, 'sleep');
      await sleep(1);
      expect(processInfo(pid)?.status).toBe('hibernated');
      send(open, 'wake');
      await sleep(1);
      expect(seen).toEqual(['running', 'running', 'running']);
      expect(processInfo(pid)?.status).toBe('waiting');
    }),
  );
});

describe('Gen.reply', () => {
  it('refuses a promise, which the caller could not tell from its value', async () => {
    await createNode().run(async () => {
      const from = await new Promise<Gen.From>((resolve) => {
        Gen.sendRequest(self(), (given) => {
          resolve(given);
          return 'request';
        });
      });
      expect(() => Gen.reply(from, Promise.resolve(1))).toThrow(TypeError);
    });
  });
});
