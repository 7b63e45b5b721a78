import { processInfo, receive, self, send, sleep, spawn } from '@coppice/core';
import { Logger, type Metadata } from '@coppice/logger';
import { Task, TaskSupervisor } from '@coppice/task';
import { simulated } from '@coppice/testing';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { attachLog } from './log.ts';

describe('Logger.metadata', () => {
  it(
    'is seen by tasks and by what they start, and theirs not by others',
    simulated(async () => {
      Logger.metadata({ requestId: 'r1', user: 'ann' });
      const task = Task.async(async () => {
        Logger.metadata({ user: 'bob', part: 1 });
        return await Task.await(Task.async(() => Logger.metadata()));
      });
      expect(await Task.await(task)).toEqual({ requestId: 'r1', user: 'bob', part: 1 });
      expect(Logger.metadata()).toEqual({ requestId: 'r1', user: 'ann' });
    }),
  );

  it(
    'follows tasks under a supervisor to their caller, whatever the supervisor has',
    simulated(async () => {
      await TaskSupervisor.startLink({ name: 'tasks' });
      Logger.metadata({ requestId: 'main' });
      const request = Task.async(async () => {
        Logger.metadata({ requestId: 'r1' });
        return await Task.await(await TaskSupervisor.async('tasks', () => Logger.metadata()));
      });
      expect(await Task.await(request)).toEqual({ requestId: 'r1' });
    }),
  );

  it(
    'is in the record of a task that crashes after the process that it worked for has ended',
    simulated(async ({ expectCrash, down }) => {
      expectCrash('late');
      const { lines, detach } = attachLog();
      await TaskSupervisor.startLink({ name: 'tasks' });
      const request = spawn(async () => {
        Logger.metadata({ requestId: 'r7', reason: 'never over the fields of the record' });
        await TaskSupervisor.startChild('tasks', async () => {
          await sleep(100);
          throw new Error('late');
        });
      });
      expect(await down(request)).toBe('normal');
      await sleep(200);
      detach();
      expect(lines()[0]).toMatchObject({ requestId: 'r7', reason: 'Error: late' });
    }),
  );

  it(
    'comes from ancestors that are known by name as well',
    simulated(async () => {
      const asker = self<Metadata>();
      const parent = spawn(
        async () => {
          Logger.metadata({ tenant: 'acme' });
          spawn(() => send(asker, Logger.metadata()));
          await sleep('infinity');
        },
        { name: 'parent' },
      );
      expect(processInfo(parent)?.registeredName).toBe('parent');
      expect(await receive()).toEqual({ tenant: 'acme' });
    }),
  );

  it(
    'loses what is set to undefined, and all of the process’s own by resetMetadata',
    simulated(async () => {
      Logger.metadata({ requestId: 'r1', user: 'ann' });
      expect(Logger.metadata({ user: undefined })).toEqual({ requestId: 'r1' });
      Logger.resetMetadata({ job: 3 });
      expect(Logger.metadata()).toEqual({ job: 3 });
      Logger.resetMetadata();
      expect(Logger.metadata()).toEqual({});
    }),
  );

  it(
    'refuses what is no object',
    simulated(async () => {
      const metadata = Logger.metadata as (changes: unknown) => unknown; // as untyped code would
      expect(() => metadata('r1')).toThrow('changes must be an object of keys and values, got r1');
      expect(() => metadata(['r1'])).toThrow(TypeError);
    }),
  );
});

describe('Logger.mixin', () => {
  it(
    'gives the program’s own lines the metadata of the process that logs',
    simulated(async () => {
      const written: string[] = [];
      const log = pino(
        { mixin: Logger.mixin, base: null, timestamp: false },
        { write: (line) => written.push(line) },
      );
      Logger.metadata({ requestId: 'r1' });
      await Task.await(Task.async(() => log.info({ page: 2 }, 'fetched')));
      expect(written).toEqual(['{"level":30,"requestId":"r1","page":2,"msg":"fetched"}\n']);
    }),
  );

  it('gives nothing outside of a process', () => {
    expect(Logger.mixin()).toEqual({});
  });
});
