import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exit, ProcessExited, self, sleep } from '@coppice/core';
import { Task, TaskSupervisor } from '@coppice/task';
import { onNode, simulated } from '@coppice/testing';
import { describe, expect, it } from 'vitest';

/** A server that never answers, and tells of the requests that came, and of those whose client has gone. */
class SilentServer {
  readonly #server: Server = createServer();
  readonly url: string;

  private constructor(port: number, server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${port}/`;
  }

  static async listen(): Promise<SilentServer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new SilentServer((server.address() as AddressInfo).port, server);
  }

  /** Resolves when the next request has come, with what resolves when its client has gone. */
  async request(): Promise<{ readonly abandoned: Promise<unknown> }> {
    const [, response] = (await once(this.#server, 'request')) as [unknown, ServerResponse];
    return { abandoned: once(response, 'close') };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

describe("a task's signal", () => {
  it(
    'aborts the fetch of a task that is killed, as the server sees [semantics 61]',
    onNode(async () => {
      const server = await SilentServer.listen();
      const task = Task.async(({ signal }) => fetch(server.url, { signal }));
      const { abandoned } = await server.request();
      expect(await Task.shutdown(task, 'brutal_kill')).toBeUndefined();
      await abandoned;
      await server.close();
    }),
  );

  it(
    'aborts the fetch of an item that takes too long, and of those that run when the loop is left',
    onNode(async () => {
      const server = await SilentServer.listen();
      const get = (_item: number, { signal }: { readonly signal: AbortSignal }) =>
        fetch(server.url, { signal });
      const late = server.request();
      const outcomes = await Task.asyncStream([1], get, { timeout: 200, onTimeout: 'kill_task' }).toArray();
      expect(outcomes).toEqual([{ ok: false, reason: 'timeout' }]);
      await (await late).abandoned;
      const running = server.request();
      for await (const _ of Task.asyncStream([0, 1], (n, context) => (n === 0 ? n : get(n, context)), {
        maxConcurrency: 2,
      })) {
        await running; // the second is under way
        break;
      }
      await (await running).abandoned;
      await server.close();
    }),
  );

  it(
    'aborts the fetch of a task whose supervisor stops',
    onNode(async () => {
      const server = await SilentServer.listen();
      const tasks = await TaskSupervisor.startLink();
      await TaskSupervisor.startChild(tasks, ({ signal }) => fetch(server.url, { signal }));
      const { abandoned } = await server.request();
      await TaskSupervisor.stop(tasks);
      await expect(abandoned).resolves.toEqual([]);
      await server.close();
    }),
  );

  it(
    'aborts when the task ends, whichever way [semantics 61]',
    simulated(async () => {
      const ended = Task.async(({ signal }) => signal);
      const signal = await Task.await(ended);
      await sleep(1);
      expect(signal.aborted).toBe(true);
      expect(signal.reason).toBeInstanceOf(ProcessExited);
      let seen: AbortSignal | undefined;
      const running = Task.async(async (context) => {
        seen = context.signal;
        await sleep('infinity');
      });
      await sleep(1);
      expect(seen?.aborted).toBe(false);
      await Task.shutdown(running);
      expect(seen?.aborted).toBe(true);
      expect(seen?.reason).toMatchObject({ pid: running.pid, reason: 'shutdown' });
    }),
  );

  it(
    'comes to bodies of every kind',
    simulated(async () => {
      const tasks = await TaskSupervisor.startLink();
      const isSignal = ({ signal }: { readonly signal: AbortSignal }) =>
        signal instanceof AbortSignal && !signal.aborted;
      const inItem = (_item: number, context: { readonly signal: AbortSignal }) => isSignal(context);
      const yes = { ok: true, value: true };
      expect(await Task.await(Task.async(isSignal))).toBe(true);
      expect(await Task.await(await TaskSupervisor.async(tasks, isSignal))).toBe(true);
      expect(await Task.await(await TaskSupervisor.asyncNolink(tasks, isSignal))).toBe(true);
      expect(await Task.asyncStream([1], inItem).toArray()).toEqual([yes]);
      expect(await TaskSupervisor.asyncStream(tasks, [1], inItem).toArray()).toEqual([yes]);
      expect(await TaskSupervisor.asyncStreamNolink(tasks, [1], inItem).toArray()).toEqual([yes]);
      const wrong = (context: { readonly signal: AbortSignal }) =>
        isSignal(context) ? undefined : exit(self(), 'kill');
      Task.start(wrong);
      Task.startLink(wrong);
      await TaskSupervisor.startChild(tasks, wrong);
      await sleep(1);
    }),
  );
});
