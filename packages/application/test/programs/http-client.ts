/**
 * Sends requests to the service at a steady rate, whether it is there or not, until it is told to stop. Arguments: port, requests a second. Half of them
 * have a connection of their own, half share kept-alive ones. Prints each hundredth that was stored, and at last, in JSON, what
 * came of each.
 */
import { Agent, request } from 'node:http';

const [port, rate] = process.argv.slice(2).map(Number);
const agents = [new Agent({ keepAlive: false }), new Agent({ keepAlive: true, maxSockets: 32 })];
const stored: string[] = [];
const refused: string[] = [];
const failed: Record<string, string> = {};
let sent = 0;
let open = 0;
let isStopping = false;

function send(): void {
  const id = `id-${sent}`;
  const agent = agents[sent % 2];
  sent += 1;
  open += 1;
  let isOver = false;
  const over = (note: () => void): void => {
    if (isOver) return;
    isOver = true;
    note();
    open -= 1;
    report();
  };
  const post = request({ host: '127.0.0.1', port, path: `/${id}`, method: 'POST', agent });
  const fail = (error: Error): void =>
    over(() => {
      if ('code' in error && error.code === 'ECONNREFUSED') refused.push(id);
      else failed[id] = String(error);
    });
  post.on('error', fail);
  post.on('response', (response) => {
    response.on('error', fail);
    response.resume().on('end', () =>
      over(() => {
        if (response.statusCode === 200) {
          stored.push(id);
          if (stored.length % 100 === 0) console.log(`stored ${stored.length}`);
        } else failed[id] = `status ${response.statusCode}`;
      }),
    );
  });
  post.end();
}

function report(): void {
  if (!isStopping || open > 0) return;
  const seconds = (performance.now() - start) / 1_000;
  console.log(JSON.stringify({ sent, seconds, stored, refused, failed }));
  process.exit(0);
}

const start = performance.now();
setInterval(() => {
  if (isStopping) return report();
  const due = ((performance.now() - start) / 1_000) * (rate ?? 0);
  while (sent < due) send();
}, 5);
process.on('SIGTERM', () => {
  isStopping = true;
});
