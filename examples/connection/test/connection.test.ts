import { onNode } from '@coppice/testing';
import {
  exit,
  isAlive,
  isDown,
  monitor,
  processInfo,
  receive,
  Supervisor,
  subscribe,
  Task,
  unlink,
  whereis,
} from 'coppice';
import { describe, expect, it } from 'vitest';
import { type Answer, Connection } from '../src/connection.ts';
import { freePort, Peer } from '../src/peer.ts';

subscribe('coppice.supervisor.report', () => {}); // else on stderr

const connection = Connection.name('connection');
const connect = (port: number) =>
  Connection.startLink({ port, backoffMs: 1, maxBackoffMs: 4 }, { name: connection });
const ask = (question: string): Promise<Answer> => Connection.call(connection, { type: 'ask', question });
const louder = (value: string): Answer => ({ ok: true, value });

describe('Connection', () => {
  it(
    'answers many questions at once, each with its own answer',
    onNode(async () => {
      const port = await freePort();
      await Peer.startLink(port);
      await connect(port);
      const words = Array.from({ length: 100 }, (_, n) => `word ${n}`);
      const answers = await Task.awaitMany(words.map((word) => Task.async(() => ask(word))));
      expect(answers).toEqual(words.map((word) => louder(word.toUpperCase())));
    }),
  );

  it(
    'keeps questions until there is somebody, and waits longer after each failure, up to a limit',
    onNode(async () => {
      const port = await freePort();
      const pid = await connect(port);
      const early = Task.async(() => ask('early'));
      const { context } = await Connection.waitFor(pid, (snapshot) => snapshot.context.failures > 5);
      expect(context.asked).toEqual([]);
      await Peer.startLink(port);
      expect(await Task.await(early)).toEqual(louder('EARLY'));
      expect((await Connection.snapshot(pid)).context.failures).toBe(0);
    }),
  );

  it(
    'fails what is on its way when the peer dies, and finds the next peer',
    onNode(async () => {
      const port = await freePort();
      await Supervisor.startLink([Peer.childSpec(port, { name: 'peer' })], { strategy: 'one_for_one' });
      const pid = await connect(port);
      const lost = [Task.async(() => ask('hang')), Task.async(() => ask('hang'))];
      await Connection.waitFor(pid, (snapshot) => snapshot.context.asked.length === 2);
      await kill('peer');
      const disconnected: Answer = { ok: false, reason: 'disconnected' };
      expect(await Task.awaitMany(lost)).toEqual([disconnected, disconnected]);
      expect(await ask('hello')).toEqual(louder('HELLO'));
    }),
  );

  it(
    'takes its socket with it when it is killed',
    onNode(async ({ down }) => {
      const port = await freePort();
      const peer = await Peer.start(port);
      unlink(await connect(port));
      await ask('hello');
      const [served] = processInfo(peer)?.links ?? [];
      if (served === undefined) throw new Error('the peer serves nobody');
      const ended = down(served); // as its socket has closed
      await kill('connection');
      expect(await ended).toBe('normal');
      expect(isAlive(peer)).toBe(true);
    }),
  );
});

async function kill(name: string): Promise<void> {
  const pid = whereis(name);
  if (pid === undefined) throw new Error(`there is no ${name}`);
  monitor(pid);
  exit(pid, 'kill');
  await receive(isDown);
}
