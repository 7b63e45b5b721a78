/** Runs in a browser: what a page does with Coppice, and what comes of it, posted to the server that the page came from. */
import {
  Agent,
  type Context,
  GenServer,
  isDown,
  monitor,
  noreply,
  type Pid,
  Registry,
  receive,
  reply,
  Supervisor,
  self,
  send,
  sendAfter,
  sleep,
  spawn,
  subscribe,
  Task,
} from 'coppice';

const Counter = GenServer.define('Counter', {
  init: (start: number) => start,
  call: {
    read: (n) => reply(n, n),
    slowly: async (n, by: number) => {
      await sleep(5);
      return reply(n + by, n + by);
    },
  },
  cast: {
    break: (): never => {
      throw new RangeError('broken');
    },
    add: (n, by: number) => noreply(n + by),
  },
});
const counter = Counter.name('counter');

const programs: Readonly<Record<string, () => Promise<unknown>>> = {
  'a process answers, and its end is told': async () => {
    const echo = spawn(async ({ receive }: Context<{ from: Pid<string>; text: string }>) => {
      const { from, text } = await receive();
      send(from, `${text}!`);
    });
    monitor(echo);
    send(echo, { from: self<string>(), text: 'hello' });
    return [await receive(), (await receive(isDown)).reason];
  },
  'after an await the context still knows who it is, the ambient self is main': async () => {
    const me = self<readonly unknown[]>();
    const pid = spawn(async (context: Context<'go'>) => {
      await context.receive();
      send(me, [context.self, self()]);
    });
    send(pid, 'go');
    const [own, ambient] = await receive<readonly unknown[]>();
    return [own === pid, ambient === me];
  },
  'a server is started again': async () => {
    const crashes: boolean[] = [];
    const stop = subscribe('coppice.process.crash', ({ reason }) =>
      crashes.push(reason instanceof RangeError),
    );
    const top = await Supervisor.startLink([Counter.childSpec(7, { name: counter })], {
      strategy: 'one_for_one',
    });
    Counter.cast(counter, 'add', 1);
    const before = await Counter.call(counter, 'slowly', 2);
    Counter.cast(counter, 'break');
    await sleep(5);
    const after = await Counter.call(counter, 'read');
    await Supervisor.stop(top);
    stop();
    return [before, after, crashes];
  },
  'tasks and an agent': async () => {
    const squares = await Task.awaitMany([1, 2, 3].map((n) => Task.async(() => n * n)));
    const agent = await Agent.startLink(() => squares);
    const sum = await Agent.get(agent, (all) => all.reduce((a, b) => a + b, 0));
    const stream = await Task.asyncStream([1, 2], async (n) => n, { maxConcurrency: 1 }).toArray();
    await Agent.stop(agent);
    return [sum, stream];
  },
  'a registry and a timer': async () => {
    const rooms = Registry.unique<string, number>('rooms');
    await Registry.startLink(rooms);
    Registry.register(rooms, 'lobby', 1);
    sendAfter(self<string>(), 'tick', 10);
    return [Registry.lookup(rooms, 'lobby').map(({ value }) => value), await receive()];
  },
};

const results: Record<string, unknown> = {};
for (const [name, program] of Object.entries(programs)) {
  results[name] = await program().catch((error: unknown) => String(error));
}
await fetch('/results', { method: 'POST', body: JSON.stringify(results) });
