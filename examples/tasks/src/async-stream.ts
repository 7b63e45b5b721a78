/**
 * Many items, a few at a time: the stream runs ahead of its consumer by no more than `maxConcurrency`. A crash takes the caller down, unless it
 * traps exits; where a failure is to be data, use the stream of a TaskSupervisor that does not link.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { formatExit, own } from '@coppice/core';
import { Task, type TaskContext, TaskSupervisor } from '@coppice/task';

let running = 0;
let most = 0;
const server = own(
  createServer((request, response) => {
    running += 1;
    most = Math.max(most, running);
    const answer = (): void => {
      running -= 1;
      response.end(`page ${request.url}`);
    };
    if (request.url !== '/hangs') setTimeout(answer, 5);
  }),
);
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo; // it listens on a port

/** The signal ends the request when the task is killed. */
async function fetchUrl(path: string, { signal }: TaskContext): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { signal });
  return response.text();
}

const paths = Array.from({ length: 40 }, (_, n) => `/${n}`);
const outcomes = await Task.asyncStream(paths, fetchUrl, { maxConcurrency: 10, timeout: 5_000 }).toArray();
console.log(
  `${outcomes.filter((outcome) => outcome.ok).length} pages, never more than 10 at once: ${most <= 10}`,
);

// One that hangs is killed, and is data.
const failed = [];
for await (const outcome of Task.asyncStream(['/1', '/hangs', '/2'], fetchUrl, {
  timeout: 200,
  onTimeout: 'kill_task',
  zipInputOnExit: true,
})) {
  if (outcome.ok) console.log(outcome.value);
  else failed.push(`${outcome.input}: ${formatExit(outcome.reason)}`);
}
console.log(failed);

// A crash as data.
const supervisor = await TaskSupervisor.startLink();
const parse = (text: string): unknown => JSON.parse(text);
const parsed = TaskSupervisor.asyncStreamNolink(supervisor, ['1', '{', '3'], parse, { maxConcurrency: 1 });
for await (const outcome of parsed)
  console.log(outcome.ok ? outcome.value : `no number: ${(outcome.reason as Error).name}`);
await TaskSupervisor.stop(supervisor);
server.close();
server.closeAllConnections();
