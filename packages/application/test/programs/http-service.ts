/**
 * A service that stores ids: `POST /<id>` is answered with 200 when the id is in the file. Its workers and the process that writes the file are killed all the
 * time, by the program itself. Arguments: port, path of the file. At its end it prints, in JSON, which requests it has taken and which of them it has answered.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Application } from '@coppice/application';
import {
  type ChildSpec,
  ExitError,
  exit,
  own,
  run,
  sleep,
  spawnLink,
  subscribe,
  whereis,
} from '@coppice/core';
import { GenServer, reply } from '@coppice/gen-server';
import { Supervisor } from '@coppice/supervisor';

const WORKERS = Array.from({ length: 8 }, (_, n) => `worker.${n}`);
const taken: string[] = [];
const answered: string[] = [];
let kills = 0;
// A line for each kill, and for each worker that finds no journal, would be too many.
for (const channel of ['coppice.supervisor.report', 'coppice.process.crash'] as const)
  subscribe(channel, () => {});

const Journal = GenServer.define('Journal', {
  init: (path: string) => {
    const file = openSync(path, 'a');
    own(() => closeSync(file));
    return file;
  },
  call: { append: (file, id: string) => reply(writeSync(file, `${id}\n`), file) },
});

const Worker = GenServer.define('Worker', {
  init: (name: string) => name,
  call: {
    store: async (name, id: string) => {
      await sleep(Math.random() * 10); // thinks about it
      await Journal.call('journal', 'append', id);
      return reply('stored', name);
    },
  },
});

const Web = GenServer.define('Web', {
  init: async (port: number) => {
    const server = own(createServer(onRequest));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
    return server;
  },
  call: {
    /** Takes no more connections, and is done when the last request is answered. */
    drain: async (server: Server) => {
      await new Promise((resolve) => server.close(resolve));
      return reply('drained', server);
    },
  },
});

/** Listeners run as whoever emits: here as `Web`. Each request is a process of its own. */
function onRequest(request: IncomingMessage, response: ServerResponse): void {
  const id = String(request.url).slice(1);
  taken.push(id);
  response.on('finish', () => answered.push(id));
  const end = (status: number, text: string): void => {
    if (!Application.health().ready) response.setHeader('connection', 'close');
    response.writeHead(status).end(text);
  };
  run(() => store(id)).then(
    () => end(200, 'stored'),
    () => end(503, 'try again'),
  );
}

/** Another worker, if one is killed over it. */
async function store(id: string): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const worker = WORKERS[Math.floor(Math.random() * WORKERS.length)] ?? 'worker.0';
    try {
      await Worker.call(worker, 'store', id, { timeout: 1_000 });
      return;
    } catch (error) {
      if (!(error instanceof ExitError)) throw error;
      await sleep(2);
    }
  }
  exit('too many attempts');
}

/** Kills somebody every few milliseconds. */
const chaos: ChildSpec = {
  id: 'chaos',
  start: async () =>
    spawnLink(async () => {
      const victims = [...WORKERS, 'journal'];
      for (;;) {
        await sleep(4);
        const pid = whereis(victims[Math.floor(Math.random() * victims.length)] ?? 'journal');
        if (pid === undefined) continue;
        exit(pid, 'kill');
        kills += 1;
      }
    }),
};

const [port = '0', path = ''] = process.argv.slice(2);

const Service = Application.define('service', {
  env: { port: Number(port), path },
  start: ({ env }) =>
    Supervisor.startLink(
      [
        Journal.childSpec(env.path, { name: 'journal' }),
        ...WORKERS.map((name) => Worker.childSpec(name, { name })),
        chaos,
        Web.childSpec(env.port, { name: 'web' }),
      ],
      { strategy: 'one_for_one', maxRestarts: 1_000_000 },
    ),
  startPhases: { tell: () => console.log('serves') },
  prepStop: async () => void (await Web.call('web', 'drain', undefined, { timeout: 'infinity' })),
  stop: () => console.log(JSON.stringify({ kills, taken, answered })),
});

await Application.run(Service, { shutdownTimeout: 10_000 });
